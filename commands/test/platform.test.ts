import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import type { DatabaseName } from '../../infra/embedded/names.ts';
import { createClients } from '../lib/chaos-clients.ts';
import { smoke } from '../lib/delivery/smoke-checks.ts';
import type { OrderAnswer, Shop } from '../lib/shop.ts';
import {
  orderWith,
  START_MS,
  startTestPlatform,
  STOP_MS,
  type TestPlatform,
} from './test-platform.ts';

let platform: TestPlatform;
let shop: Shop;
beforeAll(async () => {
  platform = await startTestPlatform({ ORDER_DEADLINE_SECONDS: '20', RATE_LIMIT_SCALE: '0' });
  ({ shop } = platform);
}, START_MS);
afterAll(() => platform.stop(), STOP_MS);

async function sql(name: DatabaseName, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: platform.urlOf(name) });
  await client.connect();
  await client.query(text);
  await client.end();
}

async function expectCleanAudit(): Promise<void> {
  await eventually(async () => {
    expect(await platform.brokenInvariants()).toEqual([]);
  }, 30_000);
}

test('the smoke test passes', async () => {
  const findings = await smoke(platform.gatewayUrl);
  expect(findings.length).toBeGreaterThan(3);
  expect(findings.filter(({ complaint }) => complaint !== undefined)).toEqual([]);
});

test('20 concurrent submits under one key make one order', async () => {
  const key = randomUUID();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => shop.place('ada', orderWith(), key)),
  );
  const made = answers.filter(({ status }) => status === 201).map(({ body }) => body.id);
  expect(new Set(made).size).toBe(1);
  expect(answers.filter(({ status }) => status !== 201).every(({ status }) => status === 409)).toBe(
    true,
  );
  await platform.untilConfirmed(made[0] ?? '');
});

test("another customer's order is not found", async () => {
  const { body } = await shop.place('ada', orderWith(), randomUUID());
  const path = `/v1/orders/${body.id}`;
  expect((await shop.call('bob', { method: 'GET', path })).status).toBe(404);
  expect((await shop.call('bob', { method: 'POST', path: `${path}/cancel` })).status).toBe(404);
  expect((await shop.call('bob', { method: 'GET', path: `${path}/events` })).status).toBe(404);
});

test('a changed price reaches the next order, and not the one before', async () => {
  const before = await shop.place('ada', orderWith(), randomUUID());
  const priceCents = before.body.totalCents + 100;
  const product = '/v1/products/alloy-cookset-for-four';
  await shop.call('staff', { method: 'PATCH', path: product, json: { priceCents } });
  await eventually(async () => {
    const after = await shop.place('ada', orderWith(), randomUUID());
    return after.body.totalCents === priceCents;
  });
  const unchanged = await shop.call<OrderAnswer>('ada', {
    method: 'GET',
    path: `/v1/orders/${before.body.id}`,
  });
  expect(unchanged.body.totalCents).toBe(before.body.totalCents);
});

test('PostgreSQL killed in mid-transaction loses no order that was answered, and makes none twice', async () => {
  const clients = createClients(shop);
  const planned = Array.from({ length: 40 }, (_, index) => ({
    customer: 'ada' as const,
    key: `restart-${String(index)}`,
    cardToken: 'tok_approve' as const,
    lines: orderWith().lines,
    repeated: true,
    cancelAfterMs: undefined,
  }));
  const ordering = Promise.all(planned.map(clients.order));
  process.kill((await platform.postmasterPid()) ?? 0, 'SIGKILL');
  await ordering;
  const answered = [...clients.record.accepted.values()];
  expect(answered).toHaveLength(40);
  expect(answered.every(({ ids }) => ids.size === 1)).toBe(true);
  for (const { ids } of answered) await platform.untilConfirmed([...ids][0] ?? '');
  await expectCleanAudit();
}, 60_000);

test.each(['orders', 'inventory', 'payments', 'psp'] as const)(
  'an order under way when %s is killed still ends in confirmed',
  async (name) => {
    const { body } = await shop.place(
      'ada',
      orderWith({ cardToken: 'tok_charge_then_drop' }),
      randomUUID(),
    );
    platform.processes[name].kill('SIGKILL');
    await platform.untilConfirmed(body.id);
  },
  40_000,
);

test('with the card processor away, an order is accepted at once and finished when it is back', async () => {
  const pid = platform.processes.psp.pid() ?? 0;
  process.kill(pid, 'SIGSTOP');
  try {
    const { status, body } = await shop.place('ada', orderWith(), randomUUID());
    expect(status).toBe(201);
    process.kill(pid, 'SIGCONT');
    await platform.untilConfirmed(body.id);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}, 40_000);

test('no log line holds a name, an address or a token', async () => {
  const folder = path.join(platform.directory, 'logs');
  const files = await readdir(folder);
  expect(files.length).toBeGreaterThanOrEqual(8);
  for (const file of files) {
    const text = await readFile(path.join(folder, file), 'utf8');
    expect(text).not.toMatch(/Ada Example|Harbour Lane|eyJ[\w-]{10}/);
  }
});

test('every order so far holds the invariants, and damage done to the books is found', async () => {
  await expectCleanAudit();
  const planted: [DatabaseName, string, string][] = [
    [
      'psp',
      `insert into holds select gen_random_uuid(), reference, amount_cents, currency, card_token, state,
         expires_at, created_at from holds where state = 'captured' limit 1`,
      'a confirmed order is paid exactly once, in full',
    ],
    [
      'inventory',
      `update stock set on_hand = on_hand + 1 where product_id = 'alloy-cookset-for-four'`,
      'stock on hand = counted - committed, and covers what is reserved',
    ],
    [
      'payments',
      `delete from postings where ctid = (select ctid from postings where account = 'sales' limit 1)`,
      'the ledger sums to zero, transfer by transfer',
    ],
    [
      'orders',
      `delete from orders where id = (select id from orders where state = 'confirmed' limit 1)`,
      'every charge, payment and reservation belongs to an order',
    ],
  ];
  for (const [name, text, invariant] of planted) {
    await sql(name, text);
    expect(await platform.brokenInvariants()).toContain(invariant);
  }
});
