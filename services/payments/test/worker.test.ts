import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { randomUUID } from 'node:crypto';
import { authorised, payment, setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup({ timeoutMs: 20_000 });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await world.stop();
});

/** Stores a payment that a worker had in hand when its process died. */
async function leased(orderId: string, until: string): Promise<void> {
  await world.database.query(
    `insert into payments (order_id, amount_cents, currency, card_token, state, hold_number,
       lease_token, lease_until, attempts, due_at)
     values ($1, $2, 'EUR', 'tok_approve', 'authorising', 1, gen_random_uuid(),
       now() + $3::interval, 1, now() - interval '1 minute')`,
    [orderId, payment.amountCents, until],
  );
}

/** Holds back the first answer to each kind of call until it is let go. */
function holdBack(action: string, drop: boolean) {
  const { promise, resolve } = Promise.withResolvers<void>();
  world.processor.follow(({ key }, earlier) =>
    key.includes(`/${action}/`) && earlier === 0 ? { until: promise, drop } : undefined,
  );
  return resolve;
}

test('what a dead process left under a lease is taken up when the lease runs out, and not before', async () => {
  const [lapsed, held] = [randomUUID(), randomUUID()];
  await leased(held, '1 hour');
  await leased(lapsed, '-1 second');
  await world.reaches(lapsed, 'authorised');
  expect(await world.stateOf(held)).toBe('authorising');
  expect(world.processor.calls.map(({ key }) => key)).toEqual([`${lapsed}/authorise/1`]);
});

test('a process that died between the processor’s answer and its own commit holds no money twice', async () => {
  const orderId = randomUUID();
  await fetch(`${world.processor.url}/v1/holds`, {
    method: 'POST',
    headers: { 'idempotency-key': `${orderId}/authorise/1` },
    body: JSON.stringify({ amountCents: payment.amountCents }),
  });
  await leased(orderId, '-1 second');
  await world.reaches(orderId, 'authorised');
  expect(world.processor.calls).toHaveLength(2);
  expect(world.processor.holds).toHaveLength(1);
  expect(await world.typesTold(orderId)).toEqual(['payment-authorised']);
});

test.each([
  { action: 'authorise', drop: false, state: 'authorised', told: [] },
  { action: 'authorise', drop: true, state: 'authorised', told: [] },
  { action: 'capture', drop: false, state: 'captured', told: ['payment-captured'] },
  { action: 'void', drop: false, state: 'voided', told: ['payment-voided'] },
])(
  'a worker that wakes after its lease is gone does no harm ($action, dropped: $drop)',
  async ({ action, drop, state, told }) => {
    const orderId = randomUUID();
    const letGo = holdBack(action, drop);
    await world.request(orderId);
    if (action !== 'authorise') await world.reaches(orderId, 'authorised');
    if (action === 'capture') await world.confirm(orderId);
    if (action === 'void') await world.cancel(orderId);
    const callsOfAction = () =>
      world.processor.calls.filter(({ key }) => key === `${orderId}/${action}/1`).length;
    await eventually(() => callsOfAction() === 1);

    // The first worker is stuck in its call, as if its process were frozen; another takes over.
    const woken = world.first.stopWorker();
    await world.database.query(`update payments set lease_until = now() - interval '1 second'`);
    world.startReplica();
    await world.reaches(orderId, state);
    letGo();
    await woken;

    expect(callsOfAction()).toBe(2);
    expect(await world.stateOf(orderId)).toBe(state);
    expect(await world.typesTold(orderId)).toEqual(['payment-authorised', ...told]);
    expect(await world.ledger(orderId)).toHaveLength(action === 'capture' ? 2 : 0);
    expect(world.processor.holds).toHaveLength(1);
  },
);

test.each([false, true])(
  'a late answer is not taken for that of the call which is under way by then (dropped: %s)',
  async (drop) => {
    const orderId = randomUUID();
    const [late, capture] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    world.processor.follow(({ key }, earlier) => {
      if (key.includes('/capture/')) return { until: capture.promise };
      return earlier === 0 ? { until: late.promise, drop } : undefined;
    });
    await world.request(orderId);
    await eventually(() => world.processor.calls.length === 1);
    const woken = world.first.stopWorker();
    await world.database.query(`update payments set lease_until = now() - interval '1 second'`);
    world.startReplica();
    await world.reaches(orderId, 'authorised');
    await world.confirm(orderId);
    await eventually(() => world.processor.calls.length === 3);
    late.resolve();
    await woken;

    expect(await world.stateOf(orderId)).toBe('capturing');
    expect(await world.ledger(orderId)).toEqual([]);
    capture.resolve();
    await world.reaches(orderId, 'captured');
    // It kept its own lease: nobody else asked for the capture as well.
    expect(world.processor.calls).toHaveLength(3);
    expect(await world.typesTold(orderId)).toEqual(['payment-authorised', 'payment-captured']);
  },
);

test('slow cards hold up nobody else’s payment', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  world.processor.follow(({ body }) =>
    body.cardToken === 'tok_slow' ? { until: promise } : undefined,
  );
  const slow = Array.from({ length: 31 }, () => randomUUID());
  await Promise.all(slow.map((id) => world.request(id, { cardToken: 'tok_slow' })));
  await eventually(() => world.processor.calls.length === slow.length);
  await authorised(world);
  expect(world.processor.atOnce.now).toBe(slow.length);
  resolve();
  for (const orderId of slow) await world.reaches(orderId, 'authorised');
});

test('at most 32 calls are under way, and those that wait get their turn', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  world.processor.follow(() => ({ until: promise }));
  const orders = Array.from({ length: 40 }, () => randomUUID());
  await Promise.all(orders.map((id) => world.request(id)));
  await world.caughtUp();
  await eventually(() => world.processor.calls.length === 32);
  resolve();
  for (const orderId of orders) await world.reaches(orderId, 'authorised');
  expect(world.processor.atOnce.most).toBe(32);
  expect(world.processor.calls).toHaveLength(40);
});

test('after ten failures in a row the processor is left alone for two seconds, and then tried again', async () => {
  const start = Date.now();
  const clock = jest.spyOn(Date, 'now').mockReturnValue(start);
  world.processor.follow(() => ({ refusal: { status: 503, code: 'processor-down' } }));
  const orders = Array.from({ length: 10 }, () => randomUUID());
  await Promise.all(orders.map((id) => world.request(id)));
  const leastAttempts = async () => {
    const rows = await world.database.query<{ least: number }>(
      'select min(attempts) as least from payments',
    );
    return rows[0]?.least ?? 0;
  };
  // Each is tried three times, but only the first ten tries leave the house, and those under way by then.
  await eventually(async () => (await leastAttempts()) >= 3);
  const asked = world.processor.calls.length;
  expect(asked).toBeGreaterThanOrEqual(10);
  expect(asked).toBeLessThan(20);

  world.processor.follow(() => undefined);
  clock.mockReturnValue(start + 2001);
  for (const orderId of orders) await world.reaches(orderId, 'authorised');
  expect(world.processor.calls).toHaveLength(asked + 10);
});
