/**
 * What is typed where something else is expected: SQL, operators, prototypes, numbers that are none, and letters that
 * only look like others. A text that is stored as it is, or found nowhere,
 * has done no harm; an error of the server has, and so has an answer that takes long.
 */
import { describe, honest, refusedBy, type Attack, type Family, type Verdict } from './attack.ts';
import { parsed, type Answer } from './ask.ts';
import { anOrder } from './victims.ts';
import { askGraph } from './graph.ts';

/** Longer than an honest answer takes on a busy machine, and shorter than a statement that sleeps. */
const LONG_MS = 3000;

export const input: Family = {
  name: 'input',
  async prepare({ ask }) {
    const all = await ask({ path: '/v1/products?limit=100' });
    honest('everybody sees products', all.text.includes('alloy-cookset-for-four'), all);
    const found = await ask({ path: '/v1/products?search=tent' });
    honest('a search finds something', itemsOf(found) > 0, found);
    return [...searches(), ...queries(), ...bodies(), ...inTheGraph(), stillThere(all)];
  },
};

function itemsOf({ text }: Answer): number {
  return (parsed(text) as { items?: unknown[] }).items?.length ?? -1;
}

/** As a text to look for, which no product has. */
function searches(): Attack[] {
  const texts = {
    'SQL that is always true': "zzqx' or 'a'='a",
    'SQL that asks for more': "zzqx' union select password_hash from people --",
    'SQL that deletes': "zzqx'; drop table products; --",
    'SQL that sleeps': "zzqx' || pg_sleep(5) || '",
    'text search operators': "zzqx & !(a | b) <-> :* ''",
    'a pattern': 'zzqx%_%',
    'letters that combine': `zzqx${'\u0301'.repeat(150)}`,
    'letters that turn the text around': 'zzqx\u202e\u2066\u200b\ufeff',
    'words without an end': `zzqx ${'or '.repeat(65)}`.slice(0, 200).trim(),
    'spaces in which a pattern could get lost': `zzqx${' '.repeat(190)}!`,
    'parentheses and quotes': `zzqx ${'("'.repeat(90)}`,
  };
  const encoded = Object.entries(texts).map(([name, text]) => [name, encodeURIComponent(text)]);
  return [...encoded, ['bytes that are no UTF-8', 'zzqx%C0%AF%FF']].map(
    ([name = '', text = '']) => ({
      name: `search: ${name}`,
      async run({ ask }) {
        const answer = await ask({ path: `/v1/products?search=${text}` });
        const nothing = answer.status === 200 && itemsOf(answer) === 0;
        return {
          refused: nothing && answer.ms < LONG_MS,
          answer: nothing ? `nothing found` : describe(answer),
        };
      },
    }),
  );
}

/** Everywhere else in a query. */
function queries(): Attack[] {
  const asked: [string, string, string?][] = [
    ['operator in a query (NoSQL)', 'search[$ne]=x'],
    ['prototype in a query', '__proto__[isAdmin]=true'],
    ['constructor in a query', 'constructor.prototype.isAdmin=true'],
    ['a parameter twice', 'limit=1&limit=100'],
    ['limit beyond 64 bits', 'limit=99999999999999999999'],
    ['limit as 1e2', 'limit=1e2'],
    ['limit below zero', 'limit=-1'],
    ['limit in other digits', 'limit=%D9%A1'],
    ['NUL in a search', 'search=a%00b'],
    ['SQL in a sort', 'sort=name;drop+table+products', 'unknown-sort'],
    [
      'SQL in a cursor',
      `cursor=${Buffer.from(`["' or 1=1 --"]`).toString('base64url')}`,
      'invalid-cursor',
    ],
    [
      'a cursor that is nested',
      `cursor=${Buffer.from('['.repeat(100)).toString('base64url')}`,
      'invalid-cursor',
    ],
    ['a cursor of somebody else', 'cursor=eyJwbGFjZWRBdCI6MSwiaWQiOiJ4In0', 'invalid-cursor'],
  ];
  return asked.map(([name, query, code = 'invalid-request']) => ({
    name,
    run: async ({ ask }) => refusedBy(await ask({ path: `/v1/products?${query}` }), 400, code),
  }));
}

/** In the body of an order, otherwise good. */
function bodies(): Attack[] {
  const text = JSON.stringify(anOrder());
  const line = (quantity: string) => text.replace('"quantity":1', `"quantity":${quantity}`);
  const named = (name: string) => text.replace('"Ada Example"', name);
  const product = (id: string) => text.replace('"alloy-cookset-for-four"', JSON.stringify(id));
  const bad: [string, string, string?][] = [
    ['quantity 1e400', line('1e400')],
    ['quantity 2^53 and one', line('9007199254740993')],
    ['quantity below zero', line('-1')],
    ['quantity of half a piece', line('0.5')],
    ['quantity as text', line('"1"')],
    ['quantity as an operator (NoSQL)', line('{"$gt":0}')],
    ['name as a list', named('["a","b"]')],
    ['name with a NUL', named('"a\\u0000b"'), 'malformed-json'],
    ['name with half a character', named('"\\ud800"'), 'malformed-json'],
    ['prototype pollution', `${text.slice(0, -1)},"__proto__":{"isAdmin":true}}`],
    ['prototype pollution by constructor', `${text.slice(0, -1)},"constructor":{"prototype":{}}}`],
    ['prototype pollution within', named('{"__proto__":{"isAdmin":true}}')],
    ['JSON nested 30,000 deep', '['.repeat(30_000), 'malformed-json'],
    ['objects nested 10,000 deep', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, '*'],
    ['a product in letters that look alike', product('\u0430lloy-cookset-for-four')],
    ['a product in full-width letters', product('\uff41lloy-cookset-for-four')],
    ['a product that is a path', product('../../alloy-cookset-for-four')],
    ['a product that is SQL', product("a' or 'a'='a")],
    ['the same field twice', `${text.slice(0, -1)},"payment":{"cardToken":"tok_evil()"}}`],
  ];
  const sent = bad.map(([name, body, code = 'invalid-request']): Attack => ({
    name,
    async run(target) {
      const headers = { 'content-type': 'application/json', 'idempotency-key': 'an-attack' };
      const answer = await target.askAs('bob', {
        method: 'POST',
        path: '/v1/orders',
        headers,
        body,
      });
      const either = answer.code === 'malformed-json' ? 'malformed-json' : 'invalid-request';
      const verdict = refusedBy(answer, 400, code === '*' ? either : code);
      return { ...verdict, refused: verdict.refused && answer.ms < LONG_MS };
    },
  }));
  return [...sent, ...types(text), sqlIsStored()];
}

/** Bodies that claim to be something else: a reader that guesses can be told what to guess. */
function types(text: string): Attack[] {
  const claims = {
    'JSON as text': ['text/plain', 'unsupported-media-type'],
    'JSON as a form': ['application/x-www-form-urlencoded', 'unsupported-media-type'],
    'JSON as XML': ['application/xml', 'unsupported-media-type'],
    'JSON in UTF-7': ['application/json-seq; charset=utf-7', 'unsupported-media-type'],
  } as const;
  return Object.entries(claims).map(([name, [type, code]]) => ({
    name,
    async run(target) {
      const headers = { 'content-type': type, 'idempotency-key': 'an-attack' };
      const request = { method: 'POST', path: '/v1/orders', headers, body: text };
      return refusedBy(await target.askAs('bob', request), 415, code);
    },
  }));
}

/** A name may be any text: it comes back as it was, and nothing else has happened. */
function sqlIsStored(): Attack {
  return {
    name: 'SQL as an idempotency key, which is text like any other',
    async run(target) {
      const headers = { 'idempotency-key': `${String(Date.now())}');drop/**/table/**/orders;--` };
      const request = { method: 'POST', path: '/v1/orders', headers, json: anOrder() };
      const first = await target.askAs('bob', request);
      const again = await target.askAs('bob', request);
      const refused = first.status === 201 && again.text.slice(0, 45) === first.text.slice(0, 45);
      return { refused, answer: refused ? '201, the same order twice' : describe(first) };
    },
  };
}

function inTheGraph(): Attack[] {
  const ids = {
    SQL: "x' or 'a'='a",
    'a path': '../orders',
    'a path in percent signs': '..%2forders',
  };
  return Object.entries(ids).map(([name, id]) => ({
    name: `graph: an id that is ${name}`,
    async run(target) {
      const query = 'query ($id: ID!) { product(id: $id) { id } order(id: $id) { id } }';
      const answer = await askGraph(target, { as: 'bob', query, variables: { id } });
      const refused =
        answer.text.includes('"product":null') && answer.text.includes('"order":null');
      return {
        refused: refused && !answer.text.includes('internal-error'),
        answer: describe(answer),
      };
    },
  }));
}

/** The last one: what the others may have broken. */
function stillThere(before: Answer): Attack {
  return {
    name: 'after all of it, the products',
    async run({ ask }): Promise<Verdict> {
      const after = await ask({ path: '/v1/products?limit=100' });
      const refused = after.text === before.text;
      return { refused, answer: refused ? 'are as they were' : describe(after) };
    },
  };
}
