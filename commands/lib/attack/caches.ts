/**
 * Cache poisoning: a header that no cache looks at changes an answer that everybody gets. So nothing that a header says
 * of the host, the path or the method may be seen in an answer, and a private answer must not pass for a picture.
 */
import { describe, honest, type Attack, type Family } from './attack.ts';
import type { Answer } from './ask.ts';
import type { Target } from './target.ts';
import { makeVictims, removeVictims } from './victims.ts';

const EVIL = 'evil.example';

/** What everybody gets, and what is made from the address: links, the document, what sign-in programs go by. */
const SHARED = [
  '/v1/products?limit=1',
  '/v1/products/alloy-cookset-for-four',
  '/docs',
  '/docs/openapi.json',
  '/identity/.well-known/openid-configuration',
  '/identity/jwks',
];

const HEADERS: Record<string, Record<string, string>> = {
  Host: { host: EVIL },
  'X-Forwarded-Host': { 'x-forwarded-host': EVIL },
  'X-Host, X-Forwarded-Server': { 'x-host': EVIL, 'x-forwarded-server': EVIL },
  Forwarded: { forwarded: `host=${EVIL};proto=gopher` },
  'X-Forwarded-Proto, -Port, -Prefix': {
    'x-forwarded-proto': 'gopher',
    'x-forwarded-port': '666',
    'x-forwarded-prefix': `/${EVIL}`,
  },
  'X-Original-URL, X-Rewrite-URL': {
    'x-original-url': '/docs/errors',
    'x-rewrite-url': '/docs/errors',
  },
  'X-HTTP-Method-Override': { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' },
  Origin: { origin: `https://${EVIL}` },
};

export const caches: Family = {
  name: 'caches',
  async prepare(target) {
    const before = new Map<string, string>();
    for (const path of SHARED) {
      const answer = await target.ask({ path });
      honest(`everybody gets ${path}`, answer.status === 200, answer);
      before.set(path, shownIn(answer));
    }
    const { orders } = await makeVictims(target);
    return [
      ...Object.keys(HEADERS).map((name) => poison(name, before)),
      ...fat(before),
      ...deceive(orders?.path ?? ''),
      redirect(),
    ];
  },
  tidy: removeVictims,
};

/** All of an answer that a cache would store, without what is new each time and what it keeps apart by `Vary`. */
function shownIn({ status, headers, text }: Answer): string {
  const { link = '', location = '', vary = '' } = headers;
  const allowed = /\borigin\b/i.test(vary) ? '' : headers['access-control-allow-origin'];
  return JSON.stringify([status, link, location, vary, allowed, text]);
}

function poison(name: string, before: Map<string, string>): Attack {
  return {
    name: `${name} on ${String(before.size)} addresses`,
    async run(target) {
      const changed: string[] = [];
      for (const [path, shown] of before) {
        const poisoned = await target.ask({ path, headers: HEADERS[name] ?? {} });
        const after = await target.ask({ path });
        if (shownIn(poisoned) !== shown || shownIn(after) !== shown) changed.push(path);
      }
      const refused = changed.length === 0;
      return { refused, answer: refused ? 'the same answers' : changed.join(' ') };
    },
  };
}

/** A GET with a body: who reads it and who does not differ in what was asked. */
function fat(before: Map<string, string>): Attack[] {
  const path = '/v1/products?limit=1';
  return [
    {
      name: 'a body in a GET',
      async run({ ask }) {
        const answer = await ask({ path, json: { limit: 2, search: 'tent' } });
        return { refused: shownIn(answer) === before.get(path), answer: describe(answer) };
      },
    },
    {
      name: 'a query that a cache may leave out',
      async run({ ask }) {
        const answer = await ask({ path: `${path}&utm_content=${EVIL}` });
        return { refused: answer.code === 'invalid-request', answer: describe(answer) };
      },
    },
  ];
}

/** The victim follows a link to her own order that a cache takes for a file that is the same for all. */
function deceive(order: string): Attack[] {
  const links = [
    `${order}/style.css`,
    `${order};style.css`,
    `${order}%2fstyle.css`,
    `${order}.css`,
  ];
  const attacks = links.map((path): Attack => ({
    name: `a private answer as a file: ${path.slice(order.length)}`,
    async run(target) {
      const answer = await target.askAs('ada', { path });
      return { refused: [400, 404].includes(answer.status), answer: describe(answer) };
    },
  }));
  return [...attacks, ...kept(order)];
}

/** What is private or speaks of one moment says so, or takes a token, with which no shared cache keeps it (RFC 9111). */
function kept(order: string): Attack[] {
  return [order, '/v1/orders'].map((path) => ({
    name: `${path.replace(/[\w-]{36}/, '{id}')} that a shared cache may keep`,
    async run(target: Target) {
      const { headers } = await target.askAs('ada', { path });
      const policy = headers['cache-control'] ?? 'none said, and it took a token';
      return { refused: !/public|s-maxage|must-revalidate/.test(policy), answer: policy };
    },
  }));
}

function redirect(): Attack {
  return {
    name: 'a sign-in that goes on at their host',
    async run({ ask }) {
      const headers = { host: EVIL, 'x-forwarded-host': EVIL };
      const path = '/identity/auth?client_id=shop-web';
      const answer = await ask({ path, headers });
      const all = JSON.stringify(answer.headers) + answer.text;
      return { refused: !all.includes(EVIL), answer: describe(answer) };
    },
  };
}
