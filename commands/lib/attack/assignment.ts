/**
 * Mass assignment: every body that the API takes, with fields in it that are not the caller's to set. They are those
 * that answers show and bodies do not have, by the document, and the names that frameworks are known to fall for.
 */
import { randomUUID } from 'node:crypto';
import { readOperations, requestOf, type Operation } from './api.ts';
import { parsed } from './ask.ts';
import { honest, refusedBy, type Attack, type Family } from './attack.ts';
import type { Target } from './target.ts';

const EVERYWHERE = ['id', 'customerId', 'partnerId', 'subject', 'role', 'isAdmin', '__proto__'];
const PRODUCT = 'alloy-cookset-for-four';

export const assignment: Family = {
  name: 'assignment',
  async prepare(target) {
    const operations = readOperations().filter(({ body }) => body !== undefined);
    honest('the document shows bodies', operations.length > 0);
    const stock = await target.askAs('staff', { path: `/v1/stock/${PRODUCT}` });
    honest('the staff reads the stock', stock.status === 200, stock);
    return operations.flatMap((operation) => {
      const names = new Set([...EVERYWHERE, ...operation.notTheirs]);
      return [...names].map((name) => withField(operation, name));
    });
  },
};

/** A body is looked at before its object is looked for, so any will do. */
const NOBODYS = randomUUID();

function withField(operation: Operation, name: string): Attack {
  const { method, path, body, collection, scope = '' } = operation;
  const id = ['products', 'stock'].includes(collection) ? PRODUCT : NOBODYS;
  const text = JSON.stringify(body);
  // Not by an object, in which __proto__ would be no field.
  const changed = `${text.slice(0, -1)},${JSON.stringify(name)}:1}`;
  return {
    name: `${method} ${path} with ${name}`,
    async run(target) {
      const request = { ...requestOf(operation, [id]), body: changed };
      const answer = await target.askAs(holderOf(target, scope), request);
      const verdict = refusedBy(answer, 400, 'invalid-request');
      const { errors = [] } = parsed(answer.text) as { errors?: { message: string }[] };
      // Nothing else in the body is wrong, or it would be that which was refused.
      const isWhy = errors.every(
        ({ message }) => message === 'must not have additional properties',
      );
      return { ...verdict, refused: verdict.refused && isWhy && errors.length === 1 };
    },
  };
}

/** A demo client that may ask, so that the body is what it fails on. */
function holderOf(target: Target, scope: string): string {
  const found = ['ada', 'partner', 'staff', 'sam'].find((name) =>
    target.client(name).scope.split(' ').includes(scope),
  );
  if (found === undefined) throw new Error(`no demo client has ${scope}`);
  return found;
}
