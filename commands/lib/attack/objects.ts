/**
 * Other people's objects: every route of the document, with the id of something that is a victim's, in the name of
 * somebody who is not. What is not the attacker's must not be there for him, so the answer is 404 and never 403, and
 * at the end everything must be as it was.
 */
import { readOperations, requestOf, type Operation } from './api.ts';
import { describe, honest, refusedBy, type Attack, type Family } from './attack.ts';
import type { Target } from './target.ts';
import { makeVictims, removeVictims, type Victim, type Victims } from './victims.ts';

export const objects: Family = {
  name: 'objects',
  async prepare(target) {
    const operations = readOperations();
    const victims = await makeVictims(target);
    for (const victim of Object.values(victims)) {
      const own = await target.askAs(victim.owner, { path: victim.path });
      honest(`${victim.owner} reads ${victim.path}`, own.status === 200, own);
    }
    const before = await readAll(target, victims);
    return [
      ...operations.flatMap((operation) => attacksOn(operation, victims)),
      ...otherMethods(operations, victims),
      ...lists(victims),
      {
        name: 'after all of it, what the victims have',
        async run() {
          const after = await readAll(target, victims);
          return { refused: after === before, answer: after === before ? 'is as it was' : after };
        },
      },
    ];
  },
  tidy: removeVictims,
};

async function readAll(target: Target, victims: Victims): Promise<string> {
  const answers = await Promise.all(
    Object.values(victims).map(({ owner, path }) => target.askAs(owner, { path })),
  );
  return answers.map(describe).join(' ') + answers.map(({ text }) => text).join(' ');
}

function attacksOn(operation: Operation, victims: Victims): Attack[] {
  const { method, path, scope, collection } = operation;
  if (scope === undefined) return [];
  const victim = victims[collection];
  const request = requestOf(operation, victim?.ids ?? [PRODUCT]);
  const anonymous: Attack = {
    name: `${method} ${path} by nobody`,
    run: async ({ ask }) => refusedBy(await ask(request), 401, 'token-missing'),
  };
  const unscoped: Attack = {
    name: `${method} ${path} without ${scope}`,
    async run(target) {
      const other = scope.startsWith('orders:') ? 'outfitter' : 'bob';
      return refusedBy(await target.askAs(other, request), 403, 'scope-missing');
    },
  };
  return [anonymous, unscoped, ...(path.includes('{') ? [byAnother(operation, victim)] : [])];
}

const PRODUCT = 'alloy-cookset-for-four';
/** What is the shop's own, and nobody's in particular: here the scope is all that counts. */
const SHOPS_OWN = ['products', 'stock'];

function byAnother(operation: Operation, victim: Victim | undefined): Attack {
  const { method, path, collection, scope } = operation;
  return {
    name: `${method} ${path} by another`,
    async run(target) {
      if (victim === undefined && SHOPS_OWN.includes(collection)) {
        const answer = await target.askAs('bob', requestOf(operation, [PRODUCT]));
        return refusedBy(answer, 403, 'scope-missing');
      }
      if (victim === undefined)
        throw new Error(`nobody has ${collection}: say in victims.ts who does`);
      const { attacker, ids, secret } = victim;
      const answer = await target.askAs(attacker, requestOf(operation, ids));
      const mayAsk = target
        .client(attacker)
        .scope.split(' ')
        .includes(scope ?? '');
      const verdict = mayAsk
        ? refusedBy(answer, 404, 'not-found')
        : refusedBy(answer, 403, 'scope-missing');
      return { ...verdict, refused: verdict.refused && !answer.text.includes(secret) };
    },
  };
}

/** What the document does not name: HEAD goes where GET does, and the rest does not exist. */
function otherMethods(operations: Operation[], victims: Victims): Attack[] {
  const paths = new Set(operations.map(({ path }) => path).filter((path) => path.includes('{')));
  return [...paths].flatMap((path) => {
    const here = operations.filter((operation) => operation.path === path);
    const [first] = here;
    const victim = victims[first?.collection ?? ''];
    if (first === undefined || victim === undefined) return [];
    const known = here.map(({ method }) => method);
    return ['HEAD', 'PUT', 'POST', 'PATCH', 'DELETE']
      .filter((method) => !known.includes(method))
      .map((method): Attack => {
        const isThere = method === 'HEAD' && known.includes('GET');
        return {
          name: `${method} ${path} ${isThere ? 'by another' : 'where there is none'}`,
          async run(target) {
            const request = requestOf({ ...first, method, body: undefined }, victim.ids);
            const answer = await target.askAs(victim.attacker, { ...request, headers: {} });
            // A stream has no HEAD.
            const refused = answer.status === 405 || (isThere && answer.status === 404);
            return { refused, answer: describe(answer) };
          },
        };
      });
  });
}

/** Of a list that nobody may have by owner, and of one that the support may. */
const REFUSALS = ['invalid-request', 'scope-missing'];

/** Lists are of one's own, whatever the request says of whose they are to be. */
function lists(victims: Victims): Attack[] {
  return Object.values(victims).flatMap(({ list, attacker, owner, secret }) => {
    const claims: Record<string, { query: string; headers?: Record<string, string> }> = {
      'as it is': { query: '' },
      'with an owner in the query': { query: `&customerId=${owner}` },
      'with an owner in headers': {
        query: '',
        headers: { 'x-user-id': owner, 'x-customer-id': owner, 'x-forwarded-user': owner },
      },
    };
    return Object.entries(claims).map(([how, { query, headers = {} }]): Attack => ({
      name: `GET ${list} ${how}`,
      async run(target) {
        const path = `${list}?limit=100${query}`;
        const answer = await target.askAs(attacker, { path, headers });
        const asIs = query === '' ? answer.status === 200 : REFUSALS.includes(answer.code ?? '');
        const refused = asIs && !answer.text.includes(secret);
        return { refused, answer: refused && query === '' ? 'not in it' : describe(answer) };
      },
    }));
  });
}
