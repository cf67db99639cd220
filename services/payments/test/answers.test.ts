import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { randomUUID } from 'node:crypto';
import { authorised, setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup({ timeoutMs: 20_000 });
});
afterEach(() => world.stop());

/** Holds every answer back until so many calls are under way. */
function answerTogether(count: number): void {
  const { promise, resolve } = Promise.withResolvers<void>();
  world.processor.follow(({ path }) => {
    if (world.processor.calls.length + 1 >= count) resolve();
    // The processor refuses to give money back, which it never may.
    const refusal = path.endsWith('/void') ? { status: 402, code: 'card-declined' } : undefined;
    return { until: promise, ...(refusal === undefined ? {} : { refusal }) };
  });
}

async function requestMany(count: number): Promise<string[]> {
  const orders = Array.from({ length: count }, () => randomUUID());
  await Promise.all(orders.map((orderId) => world.request(orderId)));
  return orders;
}

/** How often the processor was asked about these. */
function callsOf(orders: string[]): number {
  return world.processor.calls.filter(({ key }) => orders.some((id) => key.startsWith(id))).length;
}

test('answers that come together are committed together, and each tells of its own order', async () => {
  answerTogether(32);
  const orders = await requestMany(32);
  for (const orderId of orders) await world.reaches(orderId, 'authorised');
  // A row carries the number of the transaction that wrote it.
  const [row] = await world.database.query<{ transactions: number }>(
    'select count(distinct xmin::text)::int as transactions from payments',
  );
  expect(row?.transactions).toBeLessThanOrEqual(16);
  for (const orderId of orders) {
    expect(await world.typesTold(orderId)).toEqual(['payment-authorised']);
    expect(await world.correlationsTold(orderId)).toEqual([orderId]);
  }
});

test('an answer that the database refuses does not undo those in its company', async () => {
  answerTogether(8);
  const [refused = '', ...others] = await requestMany(8);
  await world.database.query(`
    create function refuse() returns trigger language plpgsql as $$
      begin raise exception 'not this one'; end $$;
    create trigger refuse before update on payments for each row
      when (new.state = 'authorised' and new.order_id = '${refused}') execute function refuse()`);
  for (const orderId of others) await world.reaches(orderId, 'authorised');
  expect(await world.stateOf(refused)).toBe('authorising');
  expect(callsOf(others)).toBe(others.length);
  await world.database.query('drop trigger refuse on payments');
  await world.reaches(refused, 'authorised');
  expect(world.processor.holds).toHaveLength(8);
});

test('an answer that must not be does not undo those in its company', async () => {
  const owed = await authorised(world);
  answerTogether(world.processor.calls.length + 8);
  const others = await requestMany(7);
  await world.cancel(owed);
  for (const orderId of others) await world.reaches(orderId, 'authorised');
  await eventually(
    () => world.processor.calls.filter(({ path }) => path.endsWith('/void')).length > 1,
  );
  expect(await world.stateOf(owed)).toBe('voiding');
  expect(callsOf(others)).toBe(others.length);
});
