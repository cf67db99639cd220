/** Asks the graph, in front of a catalog and orders that the test plays as their REST APIs answer. */
import type { ServerResponse } from 'node:http';
import type { World } from './setup.ts';

export interface GraphAnswer {
  status: number | undefined;
  headers: Record<string, string | string[] | undefined>;
  data: Record<string, unknown> | null | undefined;
  errors: { message: string; path?: string[]; extensions: Record<string, unknown> }[];
}

const product = (id: string) => ({
  id,
  name: `Name of ${id}`,
  description: 'Good.',
  category: 'tents',
  priceCents: 25_000,
  currency: 'EUR',
});

export const order = (id: string, productIds = ['ridge-tent']) => ({
  id,
  state: 'placed',
  lines: productIds.map((productId) => ({ productId, quantity: 2, priceCents: 20_000 })),
  totalCents: 3_000_000_000,
  currency: 'EUR',
  placedAt: '2026-03-01T10:00:00.000Z',
});

export const ORDER_ID = '0b5e9c1e-52a4-4d1f-8a9e-6f2d3c7b8a90';

export const placeOrder = `mutation Place($key: String!, $input: PlaceOrderInput!) {
  placeOrder(idempotencyKey: $key, input: $input) { id state total { cents currency } }
}`;

export const input = {
  lines: [{ productId: 'ridge-tent', quantity: 2 }],
  payment: { cardToken: 'tok_approve' },
  shipTo: { name: 'A', line1: 'B', city: 'C', postalCode: '1', country: 'NO' },
};

/** Services that have every product and order but `missing`, and take every new order. */
export function playShop(world: World): void {
  world.behaviours.catalog = ({ url = '' }, answer) => {
    const id = /^\/v1\/products\/([\w-]+)$/.exec(url)?.[1];
    if (id === 'missing') problem(answer, { status: 404, code: 'not-found' });
    else if (id !== undefined) json(answer, product(id));
    else json(answer, { items: [product('ridge-tent'), product('tin-mug')], nextCursor: 'next' });
  };
  world.behaviours.orders = ({ method, url = '' }, answer) => {
    if (url.startsWith('/v1/orders?'))
      json(answer, { items: [order('1'), order('2')], nextCursor: null });
    else if (method === 'POST' && url === '/v1/orders') json(answer, order('new'), 201);
    else json(answer, order(url.split('/')[3] ?? ''));
  };
}

export function json(answer: ServerResponse, body: unknown, status = 200): void {
  answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

interface PlayedProblem {
  status: number;
  code: string;
  members?: object;
  headers?: Record<string, string>;
}

export function problem(
  answer: ServerResponse,
  { status, code, members = {}, headers = {} }: PlayedProblem,
): void {
  const type = `/docs/errors#${code}`;
  const body = { type, title: 'Title', status, code, detail: `It is ${code}.`, ...members };
  answer
    .writeHead(status, { 'content-type': 'application/problem+json', ...headers })
    .end(JSON.stringify(body));
}

interface AskGraph {
  variables?: object;
  authorization?: string | undefined;
  accept?: string;
}

export async function askGraph(
  world: World,
  query: string,
  options: AskGraph = {},
): Promise<GraphAnswer> {
  const { variables, authorization, accept = 'application/graphql-response+json' } = options;
  const { status, headers, text } = await world.ask('/graphql', {
    method: 'POST',
    headers: {
      accept,
      'content-type': 'application/json',
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: Buffer.from(JSON.stringify({ query, variables })),
  });
  const { data, errors = [] } = JSON.parse(text) as Partial<GraphAnswer>;
  return { status, headers, data, errors };
}

export function codesOf({ errors }: GraphAnswer): unknown[] {
  return errors.map(({ extensions }) => extensions.code);
}
