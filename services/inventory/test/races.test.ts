import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { totalLag } from '@waymark/messaging/event-log.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import {
  cancelled,
  confirmed,
  inParallel,
  newOrderId,
  placed,
  setup,
  type World,
} from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup({ 'ridge-tent': 100, 'tin-mug': 1000 });
});
afterEach(() => world.stop());

const TYPES_HEARD = `select split_part(headers->>'ce_type', '.', 3) as type, count(*)::int
  from records where topic = 'waymark.inventory' group by 1 order by 1`;

const DEADLOCKS = `select deadlocks::int from pg_stat_database where datname = current_database()`;

test('500 buyers who race for 100 pieces through two replicas get exactly 100', async () => {
  const orders = Array.from({ length: 500 }, () => placed(newOrderId(), { 'ridge-tent': 1 }));
  for (const replica of [world.app, world.openReplica()])
    for (const part of replica.parts) part.start();
  await world.eventLog.publish(orders);
  await eventually(async () => {
    expect(totalLag(await world.eventLog.lag('inventory', ['waymark.orders']))).toBe(0);
    expect(await world.database.query('select 1 from outbox limit 1')).toEqual([]);
  }, 20_000);
  expect(await world.stock()).toMatchObject({ 'ridge-tent': '100/100' });
  expect(await world.broker.query(TYPES_HEARD)).toEqual([
    { type: 'stock-rejected', count: 400 },
    { type: 'stock-reserved', count: 100 },
  ]);
});

test('buyers who pay and buyers who give up in between do not sell a piece twice', async () => {
  const receivers = [world.openReceiver(), world.openReceiver()];
  const buyers = Array.from({ length: 150 }, (_, index) => ({ index, orderId: newOrderId() }));
  await inParallel(buyers, 20, async ({ index, orderId }) => {
    const receive = receivers[index % 2] ?? world.receive;
    await receive(placed(orderId, { 'ridge-tent': 2 }));
    const held = (await world.said(orderId)).includes('stock-reserved');
    if (index % 3 === 0 || !held) await receive(cancelled(orderId));
    else await receive(confirmed(orderId));
  });
  const [sold] = await world.database.query<{ pieces: number }>(
    `select count(*)::int * 2 as pieces from reservations where state = 'committed'`,
  );
  expect(await world.stock()).toMatchObject({
    'ridge-tent': `${String(100 - (sold?.pieces ?? 0))}/0`,
  });
  expect(sold?.pieces).toBeGreaterThan(50);
  expect(await world.unexplained()).toEqual([]);
});

test('orders for the same products in any order never wait for each other in a circle', async () => {
  const receivers = [world.openReceiver(), world.openReceiver()];
  const baskets = [{ 'ridge-tent': 1 }, { 'tin-mug': 1 }, { 'tin-mug': 1, 'ridge-tent': 1 }];
  const orders = Array.from({ length: 180 }, (_, index) => ({
    receive: receivers[index % 2],
    orderId: newOrderId(),
    basket: baskets[index % 3] ?? {},
  }));
  // So many at once that each receiver handles several in one transaction.
  await inParallel(orders, 40, async ({ receive, orderId, basket }) =>
    receive?.(placed(orderId, basket)),
  );
  await inParallel(orders, 40, async ({ receive, orderId }) => receive?.(cancelled(orderId)));
  expect(await world.stock()).toEqual({ 'ridge-tent': '100/0', 'tin-mug': '1000/0' });
  expect(await world.database.query(DEADLOCKS)).toEqual([{ deadlocks: 0 }]);
});

test('an order that waits for one that is being released sees what came back', async () => {
  const [first, second] = [newOrderId(), newOrderId()];
  await world.receive(placed(first, { 'ridge-tent': 100 }));
  const letGo = await world.holdStock('ridge-tent');
  const releasing = world.openReceiver()(cancelled(first));
  await world.waiting(1);
  const reserving = world.receive(placed(second, { 'ridge-tent': 100 }));
  await world.waiting(2);
  await letGo();
  await Promise.all([releasing, reserving]);
  expect(await world.said(second)).toEqual(['stock-reserved']);
  expect(await world.stock()).toMatchObject({ 'ridge-tent': '100/100' });
});

test('a cancellation that meets its order on the way leaves nothing held', async () => {
  const orderId = newOrderId();
  const letGo = await world.holdStock('ridge-tent');
  const reserving = world.receive(placed(orderId, { 'ridge-tent': 2 }));
  await world.waiting(1);
  const releasing = world.openReceiver()(cancelled(orderId));
  await Promise.race([releasing, world.waiting(2)]);
  await letGo();
  await Promise.all([reserving, releasing]);
  expect(await world.stock()).toMatchObject({ 'ridge-tent': '100/0' });
  expect(await world.said(orderId)).toEqual(['stock-reserved', 'stock-released']);
});

test('the same event at two members at the same time takes effect once', async () => {
  const orderId = newOrderId();
  const record = placed(orderId, { 'ridge-tent': 2 });
  await Promise.all([world.receive(record), world.openReceiver()(record)]);
  expect(await world.stock()).toMatchObject({ 'ridge-tent': '100/2' });
  expect(await world.said(orderId)).toEqual(['stock-reserved']);
});

test('counts of the shelf in the middle of sales keep stock the sum of its movements', async () => {
  const counts = Array.from({ length: 40 }, (_, index) => 60 + index);
  const statuses = new Set<number>();
  await Promise.all([
    inParallel(counts, 4, async (onHand) =>
      statuses.add((await world.put('ridge-tent', { onHand })).statusCode),
    ),
    inParallel(counts, 8, async () => {
      const orderId = newOrderId();
      await world.receive(placed(orderId, { 'ridge-tent': 1 }));
      await world.receive(confirmed(orderId));
    }),
  ]);
  expect([...statuses]).toEqual([200]);
  expect(await world.unexplained()).toEqual([]);
  const kinds = 'select kind, count(*)::int from movements group by 1 order by 1';
  expect(await world.database.query(kinds)).toEqual([
    { kind: 'commit', count: 40 },
    { kind: 'count', count: 42 },
  ]);
});
