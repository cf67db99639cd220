/**
 * The same objects by way of the graph: every field of the schema that takes an id, as docs/graphql has it, with the
 * id of a victim's order, in the name of another.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Answer } from './ask.ts';
import { describe, honest, refusedBy, type Attack, type Family } from './attack.ts';
import type { Target } from './target.ts';
import { anOrder, makeVictims, removeVictims } from './victims.ts';

interface Field {
  operation: 'query' | 'mutation' | 'subscription';
  name: string;
  /** Name and type of those that it cannot be asked without. */
  required: [name: string, type: string][];
}

export const graph: Family = {
  name: 'graph',
  async prepare(target) {
    const { orders } = await makeVictims(target);
    const id = orders?.secret ?? '';
    const asked = readFields().filter(({ required }) => required.some(([, type]) => type === 'ID'));
    const read = asked.find(({ name }) => name === 'order');
    honest('the schema has the field order', read !== undefined);
    const own = await askGraph(target, { as: 'ada', query: `{ order(id: "${id}") { id } }` });
    honest('a customer reads her order in the graph', own.text.includes(`"id":"${id}"`), own);
    return [
      ...asked.map((field) => another(field, id)),
      ...asked.filter(({ name }) => name !== 'product').map((field) => byNobody(field, id)),
      notInTheList(id),
      ...oversized(id),
      ...assigned(),
    ];
  },
  tidy: removeVictims,
};

/** To those who take this, the status says that the document was refused. */
const GRAPHQL = 'application/graphql-response+json';

interface Asked {
  /** Nobody, where it is left out. */
  as?: string;
  accept?: string;
  query?: string;
  variables?: object;
  /** In place of these two. */
  json?: unknown;
}

export function askGraph(
  target: Target,
  { as, accept = GRAPHQL, json, query, variables }: Asked,
): Promise<Answer> {
  const sent = json ?? { query, variables };
  const request = { method: 'POST', path: '/graphql', headers: { accept }, json: sent };
  return as === undefined ? target.ask(request) : target.askAs(as, request);
}

/** Of a schema in GraphQL's own layout, as the check of documents keeps it. */
function readFields(): Field[] {
  const file = new URL('../../../docs/graphql/schema.graphql', import.meta.url);
  const text = readFileSync(file, 'utf8').replaceAll(/"[^"\n]*"/g, '');
  return [...text.matchAll(/^type (Query|Mutation|Subscription) \{\n(.*?)^\}/gms)].flatMap(
    ([, type = '', fields = '']) =>
      [...fields.matchAll(/^ {2}(\w+)(?:\(([^)]*)\))?: \w+/gms)].map(
        ([, name = '', args = '']): Field => ({
          operation: type.toLowerCase() as Field['operation'],
          name,
          required: [...args.matchAll(/(\w+): (\w+)!(?! =)/g)].map(([, arg = '', kind = '']) => [
            arg,
            kind,
          ]),
        }),
      ),
  );
}

/** `__typename` alone can be asked of whatever object comes back. */
function queryOf({ operation, name, required }: Field, id: string): string {
  const values: Record<string, string> = { ID: `"${id}"`, String: `"${randomUUID()}"`, Int: '1' };
  const args = required.map(([arg, type]) => {
    const value = values[type];
    if (value === undefined)
      throw new Error(`${name} takes a ${type}: say in graph.ts what that is`);
    return `${arg}: ${value}`;
  });
  return `${operation} { field: ${name}(${args.join(', ')}) { __typename } }`;
}

async function askField(target: Target, field: Field, who: { id: string; as?: string }) {
  const accept = field.operation === 'subscription' ? 'text/event-stream' : GRAPHQL;
  const answer = await askGraph(target, { ...who, accept, query: queryOf(field, who.id) });
  const shows = answer.text.includes('__typename');
  const [, code] = /"code":"([\w-]+)"/.exec(answer.text) ?? [];
  return { shows, code, answer: `${String(answer.status)} ${code ?? 'null'}` };
}

function another(field: Field, id: string): Attack {
  return {
    name: `${field.operation} ${field.name} with another's id`,
    async run(target) {
      const { shows, code, answer } = await askField(target, field, { id, as: 'bob' });
      return { refused: !shows && (code === 'not-found' || code === 'scope-missing'), answer };
    },
  };
}

function byNobody(field: Field, id: string): Attack {
  return {
    name: `${field.operation} ${field.name} by nobody`,
    async run(target) {
      const { shows, code, answer } = await askField(target, field, { id });
      return { refused: !shows && code === 'token-missing', answer };
    },
  };
}

function notInTheList(id: string): Attack {
  return {
    name: 'query orders, all of them',
    async run(target) {
      const query = '{ orders(first: 100) { nodes { id } } }';
      const answer = await askGraph(target, { as: 'bob', query });
      const refused = answer.text.includes('"nodes":[') && !answer.text.includes(id);
      return { refused, answer: refused ? 'not in it' : describe(answer) };
    },
  };
}

/** Short texts with long answers. */
function oversized(id: string): Attack[] {
  const times = (count: number, text: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => text(index)).join(' ');
  const deep = `{ ${'nodes { product { '.repeat(6)} id ${'} } '.repeat(6)} }`;
  const product = (alias: number) => `p${String(alias)}: product(id: "a") { id }`;
  const doubling = `{ product(id: "a") { ...f0 } } ${times(20, (n) => `fragment f${String(n)} on Product { ...f${String(n + 1)} price { cents } ...f${String(n + 1)} }`)} fragment f20 on Product { id }`;
  const query: Record<string, [json: unknown, code: string]> = {
    'too costly: pages within pages': [
      { query: '{ orders(first: 100) { nodes { lines { product { name } } } } }' },
      'graphql-too-costly',
    ],
    'fragments that double each other': [{ query: doubling }, 'graphql-too-costly'],
    '20 aliases': [{ query: `{ ${times(20, product)} }` }, 'graphql-too-many-aliases'],
    'a batch of operations': [
      Array.from({ length: 50 }, () => ({ query: '{ __typename }' })),
      'graphql-batch',
    ],
    'fragments that spread themselves': [
      { query: '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }' },
      'graphql-invalid',
    ],
    '2,500 directives': [
      { query: `{ product(id: "a") { id ${'@skip(if: false) '.repeat(2500)} } }` },
      'graphql-invalid',
    ],
    'a text of 20,000 fields': [
      { query: `{ product(id: "a") { ${'id '.repeat(20_000)} } }` },
      'graphql-invalid',
    ],
    'nesting that the schema does not have': [{ query: deep }, 'graphql-invalid'],
    'a mutation in an address': [undefined, ''],
  };
  return Object.entries(query).map(([name, [json, code]]) => ({
    name,
    async run(target) {
      if (json !== undefined)
        return refusedBy(await askGraph(target, { as: 'bob', json }), 400, code);
      const text = encodeURIComponent(`mutation { cancelOrder(id: "${id}") { id } }`);
      const answer = await target.askAs('ada', { path: `/graphql?query=${text}` });
      return { refused: answer.status === 405, answer: describe(answer) };
    },
  }));
}

/** Fields that are not the caller's to set. */
function assigned(): Attack[] {
  const place = `mutation ($key: String!, $input: PlaceOrderInput!) {
    placeOrder(idempotencyKey: $key, input: $input) { id } }`;
  const [line] = anOrder().lines;
  const inputs = {
    'an owner in the input of an order': { ...anOrder(), customerId: 'ada' },
    'a price in a line of an order': { ...anOrder(), lines: [{ ...line, priceCents: 1 }] },
  };
  return Object.entries(inputs).map(([name, input]) => ({
    name,
    async run(target) {
      const variables = { key: randomUUID(), input };
      const answer = await askGraph(target, { as: 'bob', query: place, variables });
      const { refused, answer: text } = refusedBy(answer, 400, 'graphql-invalid');
      return { refused: refused && /customerId|priceCents/.test(answer.text), answer: text };
    },
  }));
}
