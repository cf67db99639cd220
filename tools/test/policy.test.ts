/**
 * Holds the services to their policies: every public route is asked by every demo client with each of its scopes,
 * for an object of the client's own and for another's, at the gateway and past it at the service itself.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { anyone, scopesOf, type Rule } from '@waymark/tokens/policy.ts';
import { randomUUID } from 'node:crypto';
import {
  orderWith,
  START_MS,
  startTestPlatform,
  STOP_MS,
  type TestPlatform,
} from '../../commands/test/test-platform.ts';
import { readPublicRoutes, type PublicRoute } from '../public-routes.ts';

const routes = readPublicRoutes().filter(({ isSignIn }) => !isSignIn);

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startTestPlatform({ RATE_LIMIT_SCALE: '0' });
}, START_MS);
afterAll(() => platform.stop(), STOP_MS);

/** Something that belongs to somebody, by what an address names it. */
interface Owned {
  owner: string;
  params: Record<string, string>;
}

/** Nobody where there is no token. */
interface Asking {
  client?: string;
  scope?: string;
}

test('every public route names its rule, and the gateway asks for the scopes of the same rule', () => {
  const withoutRule = routes.filter(({ rule }) => rule === undefined);
  expect(withoutRule.map(({ path }) => path)).toEqual([]);
  for (const { path, scopes, rule = anyone } of routes) {
    expect([path, scopes]).toEqual([path, scopesOf(rule)]);
  }
});

test('each route lets in whom its rule lets in, and nobody else', async () => {
  const askers = platform.secrets.clients.flatMap(({ clientId: client, scope: all }): Asking[] =>
    all.split(' ').map((scope) => ({ client, scope })),
  );
  const owned = { orders: await placeOrders(), webhooks: await registerWebhooks() };
  const cases = routes
    .flatMap((route) => objectsOf(route, owned).map((object) => ({ route, object })))
    .flatMap((about) => [{}, ...askers].map((asking: Asking) => ({ ...about, asking })))
    .map((one) => ({ ...one, expected: expectedOf(one) }));
  // What is let in may change or delete what the others ask for, so it comes last.
  for (const one of cases.toSorted((a, b) => harm(a) - harm(b))) {
    const { route, object, asking, expected } = one;
    const { upstream, method, path } = route;
    const { port } = platform.state.ports.services[upstream];
    const bases = [platform.gatewayUrl, `http://127.0.0.1:${String(port)}`];
    // What is deleted at the one is not there at the other.
    for (const base of harm(one) === 3 ? bases.slice(0, 1) : bases) {
      const status = await ask(base, { route, object, asking });
      const what = `${method} ${path} of ${object?.owner ?? 'nobody'} at ${base}`;
      const who = `${asking.client ?? 'nobody'} ${asking.scope ?? ''}`;
      expect(`${who}, ${what}: ${verdict(status)}`).toBe(`${who}, ${what}: ${expected}`);
    }
  }
  expect(cases.length).toBeGreaterThan(200);
}, 120_000);

function expectedOf({
  route: { rule = anyone },
  object,
  asking: { client = '', scope = '' },
}: {
  route: { rule?: Rule | undefined };
  object: Owned | undefined;
  asking: Asking;
}): string {
  if (rule === anyone) return 'let in';
  if (client === '') return '401';
  if (!scopesOf(rule).includes(scope)) return '403';
  return object === undefined || scope === rule.any || client === object.owner ? 'let in' : '404';
}

function verdict(status: number): string {
  return [401, 403, 404].includes(status) ? String(status) : 'let in';
}

function harm({ expected, route: { method } }: { expected: string; route: PublicRoute }): number {
  return (method === 'delete' ? 2 : 0) + (expected === 'let in' ? 1 : 0);
}

/** One of each owner where the address names something that is owned. */
function objectsOf({ path }: PublicRoute, owned: Record<string, Owned[]>): (Owned | undefined)[] {
  const [, , collection = ''] = path.split('/');
  return path.includes('{id}') ? (owned[collection] ?? [undefined]) : [undefined];
}

async function placeOrders(): Promise<Owned[]> {
  const orders = ['ada', 'bob'].map(async (owner) => {
    const { body } = await platform.shop.place(owner, orderWith(), randomUUID());
    await eventually(async () => {
      const path = `/v1/orders/${body.id}`;
      const order = await platform.shop.call<{ state: string }>(owner, { method: 'GET', path });
      return order.body.state === 'confirmed';
    });
    return { owner, params: { id: body.id } };
  });
  return Promise.all(orders);
}

/** Each with a delivery. */
async function registerWebhooks(): Promise<Owned[]> {
  const json = { url: 'http://127.0.0.1:9/', eventTypes: ['order-placed'] };
  const webhooks = ['partner', 'outfitter'].map(async (owner) => {
    const registered = { method: 'POST', path: '/v1/webhooks', json };
    const { id } = (await platform.shop.call<{ id: string }>(owner, registered)).body;
    await platform.shop.place('ada', orderWith(), randomUUID());
    const path = `/v1/webhooks/${id}/deliveries`;
    let deliveryId: string | undefined;
    await eventually(async () => {
      const page = await platform.shop.call<{ items: { id: string }[] }>(owner, {
        method: 'GET',
        path,
      });
      deliveryId = page.body.items[0]?.id;
      return deliveryId !== undefined;
    });
    return { owner, params: { id, deliveryId: deliveryId ?? '' } };
  });
  return Promise.all(webhooks);
}

async function ask(
  base: string,
  { route, object, asking }: { route: PublicRoute; object: Owned | undefined; asking: Asking },
): Promise<number> {
  const { method, path, operation } = route;
  const product = 'alloy-cookset-for-four';
  const params: Record<string, string> = { id: product, productId: product, ...object?.params };
  const url = base + path.replace(/{(\w+)}/g, (_, name: string) => params[name] ?? '');
  const { client, scope } = asking;
  const token =
    client === undefined
      ? {}
      : { authorization: `Bearer ${await platform.shop.token(client, scope)}` };
  const body = operation.examples?.body;
  const [mediaType = 'application/json'] = [operation.consumes ?? []].flat();
  const headers = Object.entries(operation.requestHeaders ?? {}).map(([name, { example }]) => [
    name,
    example,
  ]);
  // A stream is let in by its first line, and has no last one.
  const over = new AbortController();
  const response = await fetch(url, {
    method: method.toUpperCase(),
    headers: {
      ...token,
      ...(Object.fromEntries(headers) as Record<string, string>),
      ...(operation.ifMatch === 'required' ? { 'if-match': '*' } : {}),
      ...(body === undefined ? {} : { 'content-type': mediaType }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: over.signal,
  });
  over.abort();
  return response.status;
}
