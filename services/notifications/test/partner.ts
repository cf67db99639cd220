/** A partner of the shop: calls the API of webhooks, and receives deliveries on a real port. */
import { expect } from '@jest/globals';
import { MERGE_PATCH } from '@waymark/http/bodies.ts';
import { verifyWebhook } from '@waymark/http/webhook-signature.ts';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { World } from './setup.ts';

export interface Registered {
  id: string;
  url: string;
  eventTypes: string[];
  secret: string;
  createdAt: string;
}

export interface ListedDelivery {
  id: string;
  eventType: string;
  state: string;
  attempts: number;
  lastStatus: number | null;
  nextAttemptAt: string | null;
}

interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

export const allTypes = ['order-placed', 'order-confirmed', 'order-cancelled'];

export async function createPartner(world: World, name = 'partner') {
  const authorization = await world.issuer.bearer(name, 'webhooks:read webhooks:write');
  const call = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) =>
    world.app.server.inject({
      method,
      url: `/v1/webhooks${path}`,
      headers: { authorization },
      ...(payload === undefined ? {} : { payload }),
    });
  return {
    call,
    /** A change of what the tag stands for. */
    change: (method: 'PATCH' | 'DELETE', path: string, change: { tag?: string; patch?: object }) =>
      world.app.server.inject({
        method,
        url: `/v1/webhooks${path}`,
        headers: {
          authorization,
          ...(change.tag === undefined ? {} : { 'if-match': change.tag }),
          ...(change.patch === undefined ? {} : { 'content-type': MERGE_PATCH }),
        },
        ...(change.patch === undefined ? {} : { payload: JSON.stringify(change.patch) }),
      }),
    async register(url: string, eventTypes = allTypes): Promise<Registered> {
      const answer = await call('POST', '', { url, eventTypes });
      if (answer.statusCode !== 201) throw new Error(answer.body);
      return answer.json();
    },
    async deliveries(id: string): Promise<ListedDelivery[]> {
      return (await call('GET', `/${id}/deliveries`)).json<Page<ListedDelivery>>().items;
    },
    /** The items of all pages. */
    async pages<Item>(path: string, limit: number): Promise<Item[][]> {
      const pages: Item[][] = [];
      for (let cursor = ''; ;) {
        const answer = await call('GET', `${path}?limit=${String(limit)}${cursor}`);
        const { items, nextCursor } = answer.json<Page<Item>>();
        pages.push(items);
        const link = String(answer.headers.link);
        expect(link.includes(`cursor=${String(nextCursor)}>`)).toBe(nextCursor !== null);
        if (nextCursor === null) return pages;
        cursor = `&cursor=${nextCursor}`;
      }
    },
  };
}

export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

/** A server that keeps what it gets, and answers as the test says; until then with 204. */
export async function startReceiver() {
  const receiver = {
    received: [] as Received[],
    behaviour: (answer: ServerResponse): void => {
      answer.writeHead(204).end();
    },
  };
  const server = createServer((request, answer) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      receiver.received.push({ headers: request.headers, body });
      receiver.behaviour(answer);
    });
  });
  let connections = 0;
  server.on('connection', () => (connections += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/hook?a=${randomUUID()}`;
  return Object.assign(receiver, {
    url,
    ids: () => receiver.received.map(({ headers }) => headers['webhook-id']),
    connections: () => connections,
    isSigned: (secret: string, now = new Date()) =>
      receiver.received.every((one) => verifyWebhook(secret, one, now)),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  });
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;
