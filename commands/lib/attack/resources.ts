/**
 * More than anybody should get: requests that never end, bodies that never end, streams by the dozen, and searches that
 * cost a lot. The honest request must go on being answered beside them.
 */
import { gzipSync } from 'node:zlib';
import type { Socket } from 'node:net';
import { describe, honest, refusedBy, type Attack, type Family } from './attack.ts';
import type { Target } from './target.ts';
import { anOrder, makeVictims, removeVictims } from './victims.ts';
import { collect, open, send, type Replies } from './wire.ts';

/** A request has 15 s to arrive, and is looked for every second or two. */
const ARRIVAL_MS = 20_000;
const SOCKETS = 60;

export const resources: Family = {
  name: 'resources',
  async prepare(target) {
    const { orders } = await makeVictims(target);
    const token = await target.token('bob');
    const slow = startSlow(target, token);
    const beside = await target.ask({ path: '/v1/products?limit=1' });
    honest('beside slow requests, products are shown', beside.status === 200, beside);
    return [
      beforeOthers(),
      ...bodies(token),
      ...heads(),
      ...costly(),
      streams(orders?.secret ?? ''),
      ...slow,
    ];
  },
  tidy: removeVictims,
};

/** They start together, and each is waited for when its turn comes. */
function startSlow({ url }: Target, token: string): Attack[] {
  const post = `POST /v1/orders HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n`;
  const ways = {
    'headers, a byte a second (slowloris)': 'GET /v1/products HTTP/1.1\r\nHost: localhost\r\nX-A: ',
    'a body, a byte a second': `${post}Content-Length: 1000\r\n\r\n{`,
    'a body in chunks, a byte a second': `${post}Transfer-Encoding: chunked\r\n\r\n1000\r\n{`,
  };
  return Object.entries(ways).map(([name, bytes]): Attack => {
    const count = name.includes('slowloris') ? SOCKETS : 1;
    const all = Promise.all(Array.from({ length: count }, () => dribble(open(url), bytes)));
    return {
      name: `${String(count)} × ${name}`,
      async run() {
        const replies = await all;
        const slowest = Math.max(...replies.map(({ ms }) => ms));
        const seconds = (slowest / 1000).toFixed(0);
        return {
          refused: replies.every(({ closed }) => closed),
          answer: `${replies[0]?.statuses.join() ?? ''}, all ended after ${seconds} s`,
        };
      },
    };
  });
}

async function dribble(socket: Socket, bytes: string): Promise<Replies> {
  socket.write(bytes);
  const drip = setInterval(() => socket.write('x'), 1000);
  try {
    return await collect(socket, { firstMs: ARRIVAL_MS, nextMs: ARRIVAL_MS / 2 });
  } finally {
    clearInterval(drip);
  }
}

function beforeOthers(): Attack {
  return {
    name: `the honest request beside ${String(SOCKETS)} slow ones`,
    async run({ ask }) {
      const answer = await ask({ path: '/v1/products?limit=1' });
      const refused = answer.status === 200 && answer.ms < 2000;
      return { refused, answer: `${String(answer.status)} in ${answer.ms.toFixed(0)} ms` };
    },
  };
}

function bodies(token: string): Attack[] {
  const json = { 'content-type': 'application/json', 'idempotency-key': 'an-attack' };
  const text = JSON.stringify(anOrder());
  const spaces = Buffer.alloc(50 * 1024 * 1024, ' ');
  const place = (body: Buffer | string, headers = {}) => ({
    method: 'POST',
    path: '/v1/orders',
    headers: { ...json, ...headers },
    body,
  });
  const head = `POST /v1/orders HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n`;
  return [
    {
      name: 'a body of 65 KiB',
      run: async (target) => {
        const padded = place(text + ' '.repeat(65 * 1024));
        return refusedBy(await target.askAs('bob', padded), 413, 'body-too-large');
      },
    },
    {
      name: 'a body that says it has 10 GB',
      async run({ url }) {
        const { statuses, ms } = await send(url, `${head}Content-Length: 10000000000\r\n\r\n{`);
        return { refused: statuses.join() === '413' && ms < 5000, answer: statuses.join() };
      },
    },
    {
      name: 'a body in chunks without an end',
      async run({ url }) {
        const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
        const bytes = `${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(8)}`;
        const { statuses } = await send(url, bytes);
        return { refused: statuses.join() === '413', answer: statuses.join() };
      },
    },
    {
      name: '50 MiB in 50 KB of gzip',
      run: async (target) => {
        const bomb = place(gzipSync(spaces), { 'content-encoding': 'gzip' });
        return refusedBy(await target.askAs('bob', bomb), 400, 'malformed-json');
      },
    },
    {
      name: 'a form of 1 MB at the sign-in server',
      run: async ({ ask }) => {
        const form = { grant_type: 'client_credentials', filler: 'x'.repeat(1_000_000) };
        const answer = await ask({ method: 'POST', path: '/identity/token', form });
        return { refused: answer.status === 413, answer: describe(answer) };
      },
    },
  ];
}

function heads(): Attack[] {
  const get = 'GET /v1/products?limit=1 HTTP/1.1\r\nHost: localhost\r\n';
  const bytes: Record<string, [bytes: string, status: number]> = {
    'a header of 20 KB': [`${get}X-A: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    '5,000 headers': [`${get}${'X-A: 1\r\n'.repeat(5000)}\r\n`, 431],
    'an address of 20 KB': [
      `GET /v1/products?search=${'a'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
      431,
    ],
  };
  return Object.entries(bytes).map(([name, [text, status]]) => ({
    name,
    async run({ url }) {
      const { statuses, closed } = await send(url, text);
      return { refused: statuses.join() === String(status) && closed, answer: statuses.join() };
    },
  }));
}

/** What costs much to find must cost little all the same. */
function costly(): Attack[] {
  const queries = {
    'a search for 60 beginnings': `search=${encodeURIComponent('a b c d e f g h '.repeat(12).trim())}`,
    'a search that leaves everything out': `search=${encodeURIComponent('-a '.repeat(60).trim())}`,
    'a search for every word, sorted': `search=${encodeURIComponent('tent or '.repeat(24))}tent&sort=-priceCents&limit=100`,
  };
  return Object.entries(queries).map(([name, query]) => ({
    name,
    async run({ ask }) {
      const all = await Promise.all(
        Array.from({ length: 10 }, () => ask({ path: `/v1/products?${query}` })),
      );
      const slowest = Math.max(...all.map(({ ms }) => ms));
      const refused = all.every(({ status }) => status === 200) && slowest < 3000;
      return { refused, answer: `10 at once, the slowest in ${slowest.toFixed(0)} ms` };
    },
  }));
}

function streams(orderId: string): Attack {
  return {
    name: '20 live streams of one customer',
    async run(target) {
      const all = await Promise.all(
        Array.from({ length: 20 }, () =>
          target.askAs('ada', { path: `/v1/orders/${orderId}/events`, impatient: true }),
        ),
      );
      const opened = all.filter(({ status }) => status === 200).length;
      const refused = all.filter(({ code }) => code === 'too-many-streams').length;
      return { refused: opened <= 10 && refused >= 10, answer: `${String(opened)} of 20 opened` };
    },
  };
}
