/** Where orders go to is kept sealed: for old orders too, through a change of keys, and beyond an erasure. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createMetrics } from '@waymark/telemetry/metrics.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { body, expectProblem, newKey, setup, type OrderAnswer, type World } from './setup.ts';

const KEY = 'a-key-of-ada';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

async function stored(): Promise<string> {
  const rows = await world.database.query<{ row: string }>('select o::text as row from orders o');
  const sealed = await world.database.query<{ sealed: Buffer | null }>(
    'select ship_to_sealed as sealed from orders',
  );
  return JSON.stringify([rows, sealed.map((row) => row.sealed?.toString('latin1'))]);
}

function expectClear(text: string, clear: boolean): void {
  for (const part of [
    body.shipTo.name,
    body.shipTo.line1,
    body.shipTo.city,
    body.shipTo.postalCode,
  ])
    expect([part, text.includes(part)]).toEqual([part, clear]);
}

/** As an earlier version would have stored it. */
async function unseal(): Promise<void> {
  await world.database.query(
    `update orders set ship_to_sealed = null, ship_to = $1, request_hash = 'a print of it'`,
    [JSON.stringify(body.shipTo)],
  );
}

test('no part of an address is in the table', async () => {
  await world.placed();
  expectClear(await stored(), false);
});

test('an address that was stored in the clear is sealed, and its order answers as before', async () => {
  const first = await world.place(body, KEY);
  await unseal();
  expectClear(await stored(), true);
  expect((await world.place(body, KEY)).body).toBe(first.body);
  world.start();
  await eventually(async () => {
    expectClear(await stored(), false);
  });
  expect(await stored()).not.toContain('a print of it');
  expect((await world.place(body, KEY)).body).toBe(first.body);
  const other = { ...body, shipTo: { ...body.shipTo, city: 'Oslo' } };
  expectProblem(await world.place(other, KEY), 422, 'idempotency-key-reused');
});

test('an address that is put into another order opens no more', async () => {
  await world.place(body, KEY);
  await world.place(body, 'another-key');
  await world.database.query(
    `update orders set ship_to_sealed =
       (select ship_to_sealed from orders where idempotency_key = 'another-key')`,
  );
  expectProblem(await world.place(body, KEY), 500, 'internal-error');
});

test('a customer who is erased has orders and no addresses, and may order again', async () => {
  world.start();
  const id = (await world.place(body, KEY)).json<OrderAnswer>().id;
  await world.database.query(`delete from data_keys where subject = 'ada'`);
  expectProblem(await world.place(body, KEY), 422, 'idempotency-key-reused');
  await world.confirm(id);
  expect((await world.order(id)).state).toBe('confirmed');
  expect((await world.place(body, 'another-key')).statusCode).toBe(201);
  expectProblem(await world.place(body, KEY), 422, 'idempotency-key-reused');
});

test('two first orders at once are sealed with one key', async () => {
  const replica = world.build();
  const keys = Array.from({ length: 10 }, (_, index) => `key-${String(index)}`);
  const place = (key: string, index: number) =>
    world.place(body, key, { to: index % 2 === 0 ? world.app : replica });
  const first = await Promise.all(keys.map(place));
  const second = await Promise.all(keys.map(place));
  expect(second.map((answer) => answer.body)).toEqual(first.map((answer) => answer.body));
  expect(await world.database.query('select 1 from data_keys')).toHaveLength(1);
});

test('keys change under load without a failed request, and the old one opens nothing any more', async () => {
  const customers = Array.from({ length: 40 }, (_, index) => `customer-${String(index)}`);
  const bearers = await Promise.all(
    customers.map((name) => world.issuer.bearer(name, 'orders:read orders:write')),
  );
  // Knows of a change only when it meets a key that is not in its ring.
  const late = world.build({ keyRing: await world.openRing(), metrics: createMetrics('orders') });
  const statuses: number[] = [];
  let round = 0;
  let loading = true;
  async function load(): Promise<void> {
    while (loading) {
      round += 1;
      const authorization = bearers[round % bearers.length] ?? '';
      const to = round % 3 === 0 ? late : world.app;
      const key = `order-${String(round)}`;
      statuses.push((await world.place(body, key, { authorization, to })).statusCode);
    }
  }
  const loads = [load(), load(), load(), load()];
  await eventually(() => statuses.length > 100);
  const [old] = world.keys;
  world.keys.unshift(newKey('second'));
  world.start();
  await eventually(async () => {
    const rows = await world.database.query(`select 1 from data_keys where kek_id <> 'second'`);
    expect(rows).toEqual([]);
    const [retired] = await world.database.query<{ done: boolean }>(
      `select retire_key_encryption_key('first') as done`,
    );
    expect(retired?.done).toBe(true);
  }, 20_000);
  world.keys.splice(
    world.keys.findIndex((key) => key === old),
    1,
  );
  const before = statuses.length;
  await eventually(() => statuses.length > before + 100);
  loading = false;
  await Promise.all(loads);
  expect(statuses.filter((status) => status !== 201)).toEqual([]);
  const keks = await world.database.query('select distinct kek_id from data_keys');
  expect(keks).toEqual([{ kek_id: 'second' }]);
}, 60_000);

test('a replica that was not told of a change does not wrap by a key that is retired', async () => {
  const late = world.build({ keyRing: await world.openRing() });
  await world.placed();
  world.keys.unshift(newKey('second'));
  world.start();
  await eventually(async () => {
    const [row] = await world.database.query<{ done: boolean }>(
      `select retire_key_encryption_key('first') as done`,
    );
    expect(row?.done).toBe(true);
  }, 20_000);
  world.keys.pop();
  const authorization = await world.issuer.bearer('bob', 'orders:write');
  expect((await world.place(body, KEY, { authorization, to: late })).statusCode).toBe(201);
  const keks = await world.database.query('select distinct kek_id from data_keys');
  expect(keks).toEqual([{ kek_id: 'second' }]);
});
