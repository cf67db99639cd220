import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { connectDatabase } from '@waymark/database/connect.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { sql, type RawBuilder } from 'kysely';
import { openLine } from '@waymark/testing/line.ts';
import { body, expectProblem, setup, type Answer, type OrderAnswer, type World } from './setup.ts';

const KEY = 'a-key-of-ada';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

async function orderIds(): Promise<string[]> {
  const rows = await world.database.query<{ id: string }>('select id from orders');
  return rows.map(({ id }) => id);
}

test('a second submit with the same key returns the first order', async () => {
  const first = await world.place(body, KEY);
  const second = await world.place(body, KEY);
  expect(second.statusCode).toBe(201);
  expect(second.body).toBe(first.body);
  expect(second.headers.location).toBe(first.headers.location);
  expect(await orderIds()).toHaveLength(1);
});

test('the order of the members in the JSON makes no difference', async () => {
  const first = await world.place(body, KEY);
  const { lines, payment, shipTo } = body;
  const turned = {
    shipTo: Object.fromEntries(Object.entries(shipTo).toReversed()),
    payment,
    lines: lines.map(({ productId, quantity }) => ({ quantity, productId })),
  };
  const second = await world.place(JSON.stringify(turned, null, 2), KEY);
  expect([second.statusCode, second.body]).toEqual([201, first.body]);
});

test('the first answer comes again after the order was confirmed', async () => {
  world.start();
  const first = await world.place(body, KEY);
  const { id } = first.json<OrderAnswer>();
  await world.confirm(id);
  expect((await world.order(id)).state).toBe('confirmed');
  const second = await world.place(body, KEY);
  expect([second.statusCode, second.body]).toEqual([201, first.body]);
});

test('the first answer comes again after the price has changed, and after the product has gone', async () => {
  const first = await world.place(body, KEY);
  await world.database.query('update prices set price_cents = 1, version = 2');
  expect((await world.place(body, KEY)).body).toBe(first.body);
  await world.database.query('delete from prices');
  expect((await world.place(body, KEY)).body).toBe(first.body);
});

test('the same key with another body is refused, whatever it is that differs', async () => {
  const changes = {
    quantity: { lines: [{ productId: 'ridge-tent', quantity: 3 }] },
    product: { lines: [{ productId: 'tin-mug', quantity: 2 }] },
    'unknown product': { lines: [{ productId: 'moon-boot', quantity: 2 }] },
    card: { payment: { cardToken: 'tok_slow' } },
    address: { shipTo: { ...body.shipTo, line1: 'Hill Road 2' } },
  };
  await world.place(body, KEY);
  for (const change of Object.values(changes))
    expectProblem(await world.place({ ...body, ...change }, KEY), 422, 'idempotency-key-reused');
  expect(await orderIds()).toHaveLength(1);
});

test('a refused order leaves its key free', async () => {
  const unknown = { ...body, lines: [{ productId: 'moon-boot', quantity: 1 }] };
  expectProblem(await world.place(unknown, KEY), 422, 'unknown-product');
  expect((await world.place(body, KEY)).statusCode).toBe(201);
});

test('the same key of another customer is another order', async () => {
  const authorization = await world.issuer.bearer('bob', 'orders:read orders:write');
  const first = await world.place(body, KEY);
  const second = await world.place(body, KEY, { authorization });
  expect(second.statusCode).toBe(201);
  expect(second.json<OrderAnswer>().id).not.toBe(first.json<OrderAnswer>().id);
});

test('while a key is in flight the same request is told to come back', async () => {
  const other = connectDatabase<object>({ url: world.database.url, applicationName: 'test' });
  await other.transaction().execute(async (tx) => {
    await sql`select pg_try_advisory_xact_lock(hashtextextended(${`ada ${KEY}`}, 0))`.execute(tx);
    const answer = await world.place(body, KEY);
    expectProblem(answer, 409, 'idempotency-key-in-flight');
    expect(answer.headers['retry-after']).toBe('1');
    expect((await world.place(body, 'another-key')).statusCode).toBe(201);
  });
  await other.destroy();
  expect((await world.place(body, KEY)).statusCode).toBe(201);
});

test('twenty submits at once under one key make one order', async () => {
  const replica = world.build();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      world.place(body, KEY, { to: index % 2 === 0 ? world.app : replica }),
    ),
  );
  const accepted = answers.filter((answer) => answer.statusCode === 201);
  const [id] = await orderIds();
  expect(await orderIds()).toHaveLength(1);
  expect(new Set(accepted.map((answer) => answer.json<OrderAnswer>().id))).toEqual(new Set([id]));
  for (const answer of answers.filter((one) => !accepted.includes(one)))
    expectProblem(answer, 409, 'idempotency-key-in-flight');
  const events = await world.database.query('select 1 from outbox');
  expect(events).toHaveLength(1);
});

test('a commit whose answer never came is found again by its key', async () => {
  const line = await openLine(world.database.url);
  const app = world.build({ databaseUrl: line.url });
  line.swallowAnswerTo('insert into orders');
  const first = await world.place(body, KEY, { to: app });
  expectProblem(first, 503, 'unavailable');
  const [id] = await orderIds();
  expect(id).toBeDefined();
  const second = await world.place(body, KEY, { to: app });
  expect(second.statusCode).toBe(201);
  expect(second.json<OrderAnswer>().id).toBe(id);
  expect(await orderIds()).toHaveLength(1);
  await line.cut();
});

test('a submit that dies before its commit leaves no order and no key in flight', async () => {
  const answer = await whileHeldUp(sql`lock table outbox in exclusive mode`, (pid) =>
    world.database.query('select pg_terminate_backend($1)', [pid]),
  );
  expectProblem(answer, 503, 'unavailable');
  expect(await orderIds()).toEqual([]);
  expect((await world.place(body, KEY)).statusCode).toBe(201);
});

test('where an order with the key is committed after the look for one, there is no second', async () => {
  const { id } = (await world.place(body, 'another-key')).json<OrderAnswer>();
  const answer = await whileHeldUp(
    sql`update orders set idempotency_key = ${KEY}`,
    async () => undefined,
  );
  expectProblem(answer, 409, 'idempotency-key-in-flight');
  const again = await world.place(body, KEY);
  expect([again.statusCode, again.json<OrderAnswer>().id]).toEqual([201, id]);
});

test('the look for a key reads no other order of the customer, where nothing was analysed yet', async () => {
  const scans = async () => {
    const rows = await world.database.query<{ name: string; scans: number; read: number }>(
      `select indexrelname as name, idx_scan::int as scans, idx_tup_read::int as read
       from pg_stat_user_indexes where relname = 'orders'`,
    );
    return new Map(rows.map(({ name, ...figures }) => [name, figures]));
  };
  const KEYS = 'orders_customer_id_idempotency_key_key';
  const before = await scans();
  for (let order = 0; order < 20; order += 1)
    expect((await world.place(body, `key-${String(order)}`)).statusCode).toBe(201);
  // The server counts with a delay. A look and an insert are a scan each.
  const after = await eventually(async () => {
    const found = await scans();
    return (found.get(KEYS)?.scans ?? 0) >= (before.get(KEYS)?.scans ?? 0) + 40 && found;
  });
  expect(after && after.get('orders_of_customer')).toEqual(before.get('orders_of_customer'));
});

/** A submit that has to wait for another transaction's `statement`, which commits once `meanwhile` is done. */
async function whileHeldUp(
  statement: RawBuilder<unknown>,
  meanwhile: (pid: number | undefined) => Promise<unknown>,
): Promise<Answer> {
  const other = connectDatabase<object>({ url: world.database.url, applicationName: 'test' });
  const answer = await other.transaction().execute(async (tx) => {
    await statement.execute(tx);
    const submitted = world.place(body, KEY);
    const pid = await eventually(async () => {
      const [waiting] = await world.database.query<{ pid: number }>(
        `select pid from pg_stat_activity where datname = current_database()
         and application_name = 'orders' and wait_event_type = 'Lock'`,
      );
      return waiting?.pid ?? false;
    });
    await meanwhile(pid === false ? undefined : pid);
    return { submitted };
  });
  await other.destroy();
  return answer.submitted;
}

test('a key of 255 characters, of any visible kind, works', async () => {
  const key = `!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~`.padEnd(255, 'k');
  const first = await world.place(body, key);
  expect(first.statusCode).toBe(201);
  expect((await world.place(body, key)).body).toBe(first.body);
});
