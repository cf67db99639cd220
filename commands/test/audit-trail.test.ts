/** Acts of the support on a whole platform, the trail that they leave, and what its own writer may do to it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { DatabaseName } from '../../infra/embedded/names.ts';
import { adminUrl } from '../../infra/embedded/services.ts';
import { startCommand } from './scratch.ts';
import {
  orderWith,
  START_MS,
  startTestPlatform,
  STOP_MS,
  type TestPlatform,
} from './test-platform.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startTestPlatform({ RATE_LIMIT_SCALE: '0' });
}, START_MS);
afterAll(() => platform.stop(), STOP_MS);

async function sql(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

const trailOf = (name: DatabaseName) =>
  sql(platform.urlOf(name), 'select actor, act, object, details from audit_trail order by seq');

async function verify(...args: string[]) {
  const env = { WAYMARK_DIRECTORY: platform.directory };
  const command = startCommand(env, 'audit-trail', 'verify', ...args);
  return { code: await command.ended, output: command.output() };
}

const hashIn = (output: string) => /orders: .* hash is (\w{64})/.exec(output)?.[1] ?? '';

async function refundedOrder(): Promise<string> {
  const { id } = (await platform.shop.place('ada', orderWith(), randomUUID())).body;
  await platform.untilConfirmed(id);
  const path = `/v1/orders/${id}`;
  await platform.shop.call('sam', { method: 'GET', path });
  await platform.shop.call('sam', { method: 'GET', path: '/v1/orders?customerId=ada' });
  await platform.shop.call('sam', {
    method: 'POST',
    path: `${path}/refund`,
    json: { reason: 'damaged' },
    headers: { 'idempotency-key': 'refund-1' },
  });
  return id;
}

test('every act of the support is on record, and nothing that customers do with their own', async () => {
  const id = await refundedOrder();
  const acts = (await trailOf('orders')).map(({ actor, act, object }) => [actor, act, object]);
  expect(acts).toEqual([
    ['sam', 'read', `order:${id}`],
    ['sam', 'read', 'orders of:ada'],
    ['sam', 'refund', `order:${id}`],
  ]);
});

test('who is given a role at the start is on record, and a rotation of keys', async () => {
  const env = { WAYMARK_DIRECTORY: platform.directory };
  await eventually(async () => {
    const rotation = startCommand(env, 'keys', 'rotate-signing');
    return (await rotation.ended) === 0;
  }, 40_000);
  expect(await trailOf('identity')).toMatchObject([
    { actor: 'list of people', act: 'change-role', object: 'person:sam' },
    { actor: 'operator', act: 'rotate-signing' },
  ]);
}, 60_000);

test.each([
  `update audit_trail set actor = 'eve'`,
  'delete from audit_trail',
  'truncate audit_trail',
  'drop table audit_trail',
  'alter table audit_trail disable trigger all',
  'alter table audit_trail owner to orders',
  'grant all on audit_trail to orders',
  'drop schema public cascade',
])('the service’s own role may not: %s', async (text) => {
  const attempt = text.startsWith('grant')
    ? sql(platform.urlOf('orders'), `${text}; update audit_trail set actor = 'eve'`)
    : sql(platform.urlOf('orders'), text);
  await expect(attempt).rejects.toMatchObject({ code: '42501' });
});

test('the command says that the chains are whole, and what was kept elsewhere must be in them', async () => {
  await refundedOrder();
  const whole = await verify();
  expect(whole.code).toBe(0);
  const hash = hashIn(whole.output);
  expect(hash).toMatch(/^\w{64}$/);
  expect((await verify('--expect', hash)).code).toBe(0);

  const admin = new URL(adminUrl({ ports: platform.state.ports, secrets: platform.secrets }));
  admin.pathname = '/orders';
  await sql(admin.href, 'delete from audit_trail where seq = (select max(seq) from audit_trail)');
  expect((await verify()).code).toBe(0);
  const cut = await verify('--expect', hash);
  expect(cut.code).toBe(1);
  expect(cut.output).toContain(`${hash} is in no trail`);

  await sql(admin.href, `update audit_trail set actor = 'eve' where seq = 2`);
  const changed = await verify();
  expect(changed.code).toBe(1);
  expect(changed.output).toContain('orders: row 2 is not what was written');
}, 60_000);
