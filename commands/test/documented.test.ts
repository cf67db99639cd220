/** A real platform answers good and bad requests as docs/openapi/v1.json says. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readDocumented } from '@waymark/testing/documented.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { randomUUID } from 'node:crypto';
import {
  orderWith,
  START_MS,
  startTestPlatform,
  STOP_MS,
  type TestPlatform,
} from './test-platform.ts';

let platform: TestPlatform;
let documented: ReturnType<typeof readDocumented>;
const operationsSeen = new Set<string>();

beforeAll(async () => {
  platform = await startTestPlatform({ RATE_LIMIT_SCALE: '0' });
  const answer = await fetch(`${platform.gatewayUrl}/docs/openapi.json`);
  documented = readDocumented(await answer.text());
}, START_MS);
afterAll(() => platform.stop(), STOP_MS);

interface Request {
  operation: string;
  /** What the braces in the address stand for, in order, and a query. */
  with?: string[];
  query?: string;
  as?: string;
  json?: unknown;
  headers?: Record<string, string>;
}

/** The answer's status and body, once it is as documented. */
async function ask({ operation, with: values = [], query = '', ...request }: Request) {
  const [method = '', template = ''] = operation.split(' ');
  const rest = [...values];
  const address = template.replace(/\{\w+\}/g, () => rest.shift() ?? '') + query;
  const { as, json, headers } = request;
  const response = await fetch(platform.gatewayUrl + address, {
    method,
    headers: {
      ...(as === undefined ? {} : { authorization: `Bearer ${await platform.shop.token(as)}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    signal: AbortSignal.timeout(10_000),
  });
  const contentType = response.headers.get('content-type') ?? undefined;
  const isStream = contentType?.startsWith('text/event-stream') === true;
  const body = isStream ? '' : await response.text();
  if (isStream) await response.body?.cancel();
  const { status } = response;
  expect(documented.findFault(operation, { status, contentType, body })).toBeUndefined();
  operationsSeen.add(operation);
  return { status, body: (body === '' ? {} : JSON.parse(body)) as Record<string, unknown> };
}

const nobody = '00000000-0000-4000-8000-000000000000';
const order = orderWith();

async function expectStatus(status: number, request: Request): Promise<Record<string, unknown>> {
  const answer = await ask(request);
  expect([request.operation, answer.status]).toEqual([request.operation, status]);
  return answer.body;
}

test('products and stock', async () => {
  const list = 'GET /v1/products';
  await expectStatus(200, { operation: list, query: '?search=tent&limit=2' });
  for (const query of ['?limit=0', '?sort=colour', '?cursor=x', '?unknown=1']) {
    await expectStatus(400, { operation: list, query });
  }
  await expectStatus(406, { operation: list, headers: { accept: 'text/html' } });
  const one = ['alloy-cookset-for-four'];
  for (const operation of ['GET /v1/products/{id}', 'GET /v1/products/{id}/prices']) {
    await expectStatus(200, { operation, with: one });
    await expectStatus(404, { operation, with: ['no-such-product'] });
    await expectStatus(400, { operation, with: ['UPPER'] });
    await expectStatus(414, { operation, with: ['a'.repeat(200)] });
  }
  const change = { operation: 'PATCH /v1/products/{id}', with: one, as: 'staff' };
  await expectStatus(200, { ...change, json: { priceCents: 9900 } });
  await expectStatus(400, { ...change, json: { priceCents: -1 } });
  await expectStatus(415, { ...change, json: {}, headers: { 'content-type': 'text/plain' } });
  for (const operation of ['GET /v2/products/{id}', 'GET /v2/products/{id}/prices']) {
    await expectStatus(200, { operation, with: one });
  }
  await expectStatus(200, { operation: 'GET /v2/products', query: '?sort=-price&limit=2' });
  const second = {
    operation: 'PATCH /v2/products/{id}',
    with: one,
    as: 'staff',
    json: { price: { amount: '99.50' } },
  };
  const type = 'application/merge-patch+json';
  await expectStatus(428, { ...second, headers: { 'content-type': type } });
  await expectStatus(200, { ...second, headers: { 'content-type': type, 'if-match': '*' } });
  await expectStatus(200, { operation: 'GET /v1/stock/{productId}', with: one, as: 'staff' });
  const count = { operation: 'PUT /v1/stock/{productId}', with: one, as: 'staff' };
  await expectStatus(200, { ...count, json: { onHand: 500 } });
  await expectStatus(400, { ...count, json: { onHand: '5' } });
});

test('orders', async () => {
  const place = { operation: 'POST /v1/orders', as: 'ada', json: order };
  const headers = { 'idempotency-key': randomUUID() };
  const { id } = await expectStatus(201, { ...place, headers });
  const other = { ...order, payment: { cardToken: 'tok_slow' } };
  await expectStatus(422, { ...place, headers, json: other });
  await expectStatus(400, place);
  await expectStatus(403, { ...place, as: 'staff' });
  await expectStatus(401, { ...place, headers: { authorization: 'Bearer x' } });
  await expectStatus(200, { operation: 'GET /v1/orders', as: 'ada' });
  for (const operation of ['GET /v1/orders/{id}', 'GET /v1/orders/{id}/events']) {
    await expectStatus(200, { operation, with: [String(id)], as: 'ada' });
    await expectStatus(404, { operation, with: [nobody], as: 'ada' });
    await expectStatus(400, { operation, with: ['7'], as: 'ada' });
  }
  const cancel = { operation: 'POST /v1/orders/{id}/cancel', as: 'ada' };
  // 409 where it was confirmed first.
  const cancelled = await ask({ ...cancel, with: [String(id)] });
  expect([200, 409]).toContain(cancelled.status);
  await expectStatus(404, { ...cancel, with: [nobody] });
  const refund = { operation: 'POST /v1/orders/{id}/refund', json: { reason: 'damaged' }, headers };
  await expectStatus(403, { ...refund, as: 'ada', with: [String(id)] });
  await expectStatus(404, { ...refund, as: 'sam', with: [nobody] });
});

test('webhooks', async () => {
  const as = 'partner';
  // Port 9 is nobody's, and a webhook on this machine is only allowed on a platform that is tried out.
  const url = 'http://localhost:9/hook';
  const register = { operation: 'POST /v1/webhooks', as };
  await expectStatus(422, { ...register, json: { url, eventTypes: ['order-lost'] } });
  await expectStatus(400, { ...register, json: { url } });
  const json = { url, eventTypes: ['order-placed'] };
  const { id } = await expectStatus(201, { ...register, json });
  const one = { as, with: [String(id)] };
  await expectStatus(200, { operation: 'GET /v1/webhooks', as });
  await expectStatus(200, { operation: 'GET /v1/webhooks/{id}', ...one });
  const change = { operation: 'PATCH /v1/webhooks/{id}', ...one, json: { active: true } };
  const type = 'application/merge-patch+json';
  await expectStatus(415, { ...change, headers: { 'if-match': '*' } });
  await expectStatus(428, { ...change, headers: { 'content-type': type } });
  await expectStatus(412, { ...change, headers: { 'content-type': type, 'if-match': '"0"' } });
  await expectStatus(200, { ...change, headers: { 'content-type': type, 'if-match': '"1"' } });
  const deliveries = 'GET /v1/webhooks/{id}/deliveries';
  const placed = { operation: 'POST /v1/orders', as: 'ada', json: order };
  await expectStatus(201, { ...placed, headers: { 'idempotency-key': randomUUID() } });
  const delivery = await eventually(async () => {
    const { items } = await expectStatus(200, { operation: deliveries, ...one });
    const [first] = items as { id: string }[];
    if (first === undefined) throw new Error('no delivery yet');
    return first;
  });
  const again = 'POST /v1/webhooks/{id}/deliveries/{deliveryId}/redeliver';
  await expectStatus(202, { operation: again, as, with: [String(id), delivery.id] });
  await expectStatus(404, { operation: again, as, with: [String(id), nobody] });
  await expectStatus(204, { operation: 'DELETE /v1/webhooks/{id}', ...one });
  await expectStatus(404, { operation: 'DELETE /v1/webhooks/{id}', ...one });
});

test('tokens', async () => {
  const operation = 'POST /identity/token';
  const ada = platform.secrets.clients.find(({ clientId }) => clientId === 'ada');
  const basic = (secret: string) => `Basic ${Buffer.from(`ada:${secret}`).toString('base64')}`;
  const post = async (authorization: string, form: Record<string, string>) => {
    const response = await fetch(`${platform.gatewayUrl}/identity/token`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(form),
    });
    const contentType = response.headers.get('content-type') ?? undefined;
    const { status } = response;
    const body = await response.text();
    expect(documented.findFault(operation, { status, contentType, body })).toBeUndefined();
    return status;
  };
  const good = basic(ada !== undefined && 'clientSecret' in ada ? ada.clientSecret : '');
  const form = { grant_type: 'client_credentials', scope: 'orders:read' };
  expect(await post(good, form)).toBe(200);
  expect(await post(good, { ...form, scope: 'catalog:write' })).toBe(400);
  expect(await post(basic('wrong'), form)).toBe(401);
  operationsSeen.add(operation);
});

test('no operation of the document was left out above', () => {
  expect([...operationsSeen].toSorted()).toEqual(documented.operations.toSorted());
});
