/**
 * Plants an e-mail address in an account and a postal address in orders, and then looks for them wherever the
 * platform keeps or sends anything: every table of every database, the files of the database server with its
 * write-ahead log, logs, events, metrics and traces. Only the operator's own list of people may have them
 * (docs/decisions/0017-envelope-encryption.md).
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { execFile } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { databaseNames } from '../../infra/embedded/names.ts';
import { followOrder } from '../lib/follow-order.ts';
import { receiveSpans } from './otlp-receiver.ts';
import { filesBelow, formsOf, tablesOf } from './planted.ts';
import {
  orderWith,
  START_MS,
  startTestPlatform,
  STOP_MS,
  type TestPlatform,
} from './test-platform.ts';

const EMAIL = 'ada@example.com';
const ADDRESS = {
  name: 'Zelda Quillfeather',
  line1: '7 Umbrella Passage',
  city: 'Skarsvågneset',
  postalCode: 'QX-90417',
  country: 'NO',
};
const PLANTED = [EMAIL, ADDRESS.name, ADDRESS.line1, ADDRESS.city, ADDRESS.postalCode];
const order = { ...orderWith({ cardToken: 'tok_fail_once' }), shipTo: ADDRESS };

let receiver: Awaited<ReturnType<typeof receiveSpans>>;
let platform: TestPlatform;
beforeAll(async () => {
  receiver = await receiveSpans();
  platform = await startTestPlatform({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_TRACES_SAMPLER: 'always_on',
    OTEL_BSP_SCHEDULE_DELAY: '100',
    LOG_LEVEL: 'debug',
    RATE_LIMIT_SCALE: '0',
  });
}, START_MS);
afterAll(async () => {
  await platform.stop();
  await receiver.stop();
}, STOP_MS);

/** Everything that is kept or sent, by where. */
async function everything(): Promise<[string, string][]> {
  const databases = await Promise.all(
    databaseNames.map(async (name) => {
      const tables = await tablesOf(platform.urlOf(name));
      return tables.map(([table, text]): [string, string] => [`${name}: ${table}`, text]);
    }),
  );
  const metrics = Object.entries(platform.state.ports.services).map(
    async ([name, { operationsPort }]): Promise<[string, string]> => {
      const answer = await fetch(`http://127.0.0.1:${String(operationsPort)}/metrics`);
      return [`${name}: metrics`, await answer.text()];
    },
  );
  return [
    ...databases.flat(),
    ...(await filesBelow(platform.directory)),
    ...(await Promise.all(metrics)),
    ['traces', JSON.stringify(receiver.spans)],
  ];
}

async function placesOf(texts: string[]): Promise<string[]> {
  const forms = texts.flatMap(formsOf);
  const found = (await everything()).filter(([, text]) => {
    const lower = text.toLowerCase();
    return forms.some((form) => lower.includes(form));
  });
  return found.map(([where]) => where).sort();
}

/** A browser's way to the consent page, as far as cookies and forms are needed. */
async function signIn(password: string): Promise<string> {
  const cookies = new Map<string, string>();
  const visit = async (url: string, form?: Record<string, string>) => {
    const response = await fetch(new URL(url, platform.gatewayUrl), {
      redirect: 'manual',
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(form === undefined ? {} : { origin: platform.gatewayUrl }),
      },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (cookie.split(';', 1)[0] ?? '').split(/=(.*)/s);
      cookies.set(name, value);
    }
    return response;
  };
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: 'shop-web',
    response_type: 'code',
    redirect_uri: 'http://localhost/callback',
    scope: 'openid orders:read',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    login_hint: EMAIL,
  });
  const asked = await visit(`/identity/auth?${query.toString()}`);
  const page = asked.headers.get('location') ?? '';
  expect(await (await visit(page)).text()).toContain(EMAIL);
  const answer = await visit(`${page}/login`, { username: EMAIL, password });
  const next = answer.headers.get('location');
  if (next === null) return answer.text();
  const resumed = await visit(next);
  return (await visit(resumed.headers.get('location') ?? '')).text();
}

/** All that can be done with an order, and that can go wrong with one. */
async function placeInAllWays(): Promise<string> {
  const { shop } = platform;
  const key = randomUUID();
  const { body, status } = await shop.place('ada', order, key);
  expect(status).toBe(201);
  const placed = { as: 'ada', id: body.id, sentAt: performance.now() };
  expect(await followOrder(shop, placed, () => undefined)).toBe('confirmed');
  expect((await shop.place('ada', order, key)).body.id).toBe(body.id);
  const refused = [
    { ...order, shipTo: { ...ADDRESS, name: `${ADDRESS.name}\n` } },
    { ...order, shipTo: { ...ADDRESS, country: ADDRESS.line1 } },
    { ...order, shipTo: ADDRESS.line1 },
    { ...order, lines: [{ productId: 'no-such-thing', quantity: 1 }] },
  ];
  for (const wrong of refused)
    expect(
      (await shop.place('ada', wrong as typeof order, randomUUID())).status,
    ).toBeGreaterThanOrEqual(400);
  await fetch(`${platform.gatewayUrl}/v1/orders`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await shop.token('ada')}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify(order).slice(0, -2),
  });
  const input = order;
  for (const key of ['$key', '""', `"${randomUUID()}", wrong: 1`]) {
    const query = `mutation ($key: String!, $input: PlaceOrderInput!) {
      placeOrder(idempotencyKey: ${key}, input: $input) { id } }`;
    const json = { query, variables: { key: randomUUID(), input } };
    await shop.call('ada', { method: 'POST', path: '/graphql', json });
  }
  return body.id;
}

test('a planted address and e-mail address are found nowhere but in the list of people', async () => {
  const ada = platform.secrets.people.find(({ username }) => username === 'ada');
  expect(ada?.email).toBe(EMAIL);
  expect(await signIn('not the password')).toContain('do not belong together');
  expect(await signIn(ada?.password ?? '')).toContain('Ada, a demo customer');
  const id = await placeInAllWays();
  await eventually(() => {
    expect(receiver.spans.some(({ name }) => name.includes('/interaction/'))).toBe(true);
    expect(JSON.stringify(receiver.spans)).toContain(id);
  }, 20_000);
  // What is there is found: the same search for the order itself.
  expect(await placesOf([id])).toEqual(
    expect.arrayContaining([
      'broker: table records',
      'logs/payments.log',
      'orders: table orders',
      'traces',
    ]),
  );
  expect(await placesOf(PLANTED)).toEqual(['people.json', 'secrets.json']);
}, 120_000);

test('keys are rotated by the command under load: no request fails, and the old key leaves the ring', async () => {
  const { shop, directory } = platform;
  const statuses: number[] = [];
  let loading = true;
  const load = async (as: string) => {
    while (loading) statuses.push((await shop.place(as, order, randomUUID())).status);
  };
  const loads = [load('ada'), load('bob')];
  const ring = () => readFile(path.join(directory, 'orders.key-ring.json'), 'utf8');
  const [before] = JSON.parse(await ring()) as [{ id: string; key: string }];
  const { stdout } = await promisify(execFile)(process.execPath, ['commands/keys.ts', 'rotate'], {
    env: { ...process.env, WAYMARK_DIRECTORY: directory },
  }).finally(() => {
    loading = false;
  });
  await Promise.all(loads);
  expect(stdout).toMatch(/^orders \S+ {2}wraps 2 data keys$/m);
  expect(stdout).toContain(`orders ${before.id}  retired`);
  expect(await ring()).not.toContain(before.key);
  expect(statuses.length).toBeGreaterThan(20);
  expect(statuses.filter((status) => status !== 201)).toEqual([]);
  const ada = platform.secrets.people.find(({ username }) => username === 'ada');
  expect(await signIn(ada?.password ?? '')).toContain('Ada, a demo customer');
}, 120_000);
