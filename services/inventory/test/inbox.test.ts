import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  cancelled,
  confirmed,
  newOrderId,
  placed,
  productHeard,
  setup,
  type World,
} from './setup.ts';

let world: World;
let orderId: string;
beforeEach(async () => {
  world = await setup();
  orderId = newOrderId();
});
afterEach(() => world.stop());

const untouched = { 'ridge-tent': '5/0', 'tin-mug': '3/0' };

test('an order holds all of its lines', async () => {
  await world.receive(placed(orderId, { 'ridge-tent': 2, 'tin-mug': 3 }));
  expect(await world.stock()).toEqual({ 'ridge-tent': '5/2', 'tin-mug': '3/3' });
  expect(await world.said(orderId)).toEqual(['stock-reserved']);
});

test('an order with a line that cannot be had holds none, and the answer names the product', async () => {
  await world.receive(placed(orderId, { 'ridge-tent': 2, 'tin-mug': 4 }));
  expect(await world.stock()).toEqual(untouched);
  const [event] = await world.database.query<{ value: string }>('select value from outbox');
  expect(JSON.parse(event?.value ?? '')).toEqual({ orderId, productIds: ['tin-mug'] });
  expect(await world.said(orderId)).toEqual(['stock-rejected']);
});

test('a product that nobody has heard of is out of stock', async () => {
  await world.receive(placed(orderId, { 'ridge-boat': 1 }));
  expect(await world.said(orderId)).toEqual(['stock-rejected']);
});

test('a cancelled order gives back what it held', async () => {
  await world.receive(placed(orderId, { 'ridge-tent': 2 }));
  await world.receive(cancelled(orderId));
  expect(await world.stock()).toEqual(untouched);
  expect(await world.said(orderId)).toEqual(['stock-reserved', 'stock-released']);
});

test('an order whose cancellation was here first holds nothing', async () => {
  await world.receive(cancelled(orderId));
  await world.receive(placed(orderId, { 'ridge-tent': 2 }));
  expect(await world.stock()).toEqual(untouched);
  expect(await world.said(orderId)).toEqual([]);
});

test('the cancellation of an order that was rejected gives back nothing', async () => {
  await world.receive(placed(orderId, { 'tin-mug': 4 }));
  await world.receive(cancelled(orderId));
  expect(await world.stock()).toEqual(untouched);
  expect(await world.said(orderId)).toEqual(['stock-rejected']);
});

test('a confirmed order takes its pieces, and movements say so', async () => {
  await world.receive(placed(orderId, { 'ridge-tent': 2, 'tin-mug': 1 }));
  await world.receive(confirmed(orderId));
  expect(await world.stock()).toEqual({ 'ridge-tent': '3/0', 'tin-mug': '2/0' });
  expect(await movementsOf(orderId)).toEqual(['ridge-tent commit -2', 'tin-mug commit -1']);
  expect(await world.said(orderId)).toEqual(['stock-reserved', 'stock-committed']);
});

test('a cancellation after the confirmation brings the pieces back, and movements say so', async () => {
  for (const record of [placed(orderId, { 'tin-mug': 3 }), confirmed(orderId), cancelled(orderId)])
    await world.receive(record);
  expect(await world.stock()).toEqual(untouched);
  expect(await movementsOf(orderId)).toEqual(['tin-mug commit -3', 'tin-mug return 3']);
  expect(await world.said(orderId)).toEqual([
    'stock-reserved',
    'stock-committed',
    'stock-released',
  ]);
  expect(await world.unexplained()).toEqual([]);
});

test('a confirmation without a reservation goes to the dead letters and sells nothing', async () => {
  await world.receive(confirmed(orderId));
  expect(await world.stock()).toEqual(untouched);
  expect(await world.database.query('select key, reason from dead_letters')).toEqual([
    { key: orderId, reason: 'an order was confirmed without a reservation' },
  ]);
});

test.each(['right away', 'a year later, when the inbox has forgotten it'])(
  'an event that comes again %s changes nothing',
  async (when) => {
    const records = [placed(orderId, { 'ridge-tent': 2 }), confirmed(orderId), cancelled(orderId)];
    const everything = async () => [
      await world.stock(),
      await movementsOf(orderId),
      await world.said(orderId),
      await world.database.query('select order_id, state, lines from reservations'),
    ];
    for (const [index, record] of records.entries()) {
      await world.receive(record);
      const before = await everything();
      for (const earlier of records.slice(0, index + 1)) {
        if (when !== 'right away') await world.database.query('delete from inbox');
        await world.receive(earlier);
      }
      expect(await everything()).toEqual(before);
    }
    expect(await world.database.query('select reason from dead_letters')).toEqual([]);
  },
);

test('orders of one transaction share the stock: what one takes, another cannot have', async () => {
  const orders = Array.from({ length: 5 }, () => newOrderId());
  await world.receive(...orders.map((id) => placed(id, { 'ridge-tent': 2 })));
  expect(await world.stock()).toEqual({ ...untouched, 'ridge-tent': '5/4' });
  const answers = await Promise.all(orders.map((id) => world.said(id)));
  expect(answers.flat().toSorted()).toEqual([
    ...Array.from({ length: 3 }, () => 'stock-rejected'),
    ...Array.from({ length: 2 }, () => 'stock-reserved'),
  ]);
  // Had the table's own checks refused it, each would have been tried in a transaction of its own.
  expect(await transactions()).toBe(1);
});

test('a product and an order for it that come together are both taken', async () => {
  await world.receive(placed(orderId, { 'ice-axe': 2 }), productHeard('ice-axe', 1));
  expect(await world.stock()).toEqual({ ...untouched, 'ice-axe': '7/2' });
  expect(await transactions()).toBe(1);
});

test('what happens to an order within one transaction happens in its order', async () => {
  const other = newOrderId();
  const news = [
    placed(orderId, { 'ridge-tent': 4, 'tin-mug': 1 }),
    placed(other, { 'tin-mug': 2 }),
    confirmed(orderId),
    cancelled(other),
    cancelled(orderId),
  ];
  await world.receive(...news);
  expect(await world.stock()).toEqual(untouched);
  expect(await movementsOf(orderId)).toEqual([
    'ridge-tent commit -4',
    'tin-mug commit -1',
    'ridge-tent return 4',
    'tin-mug return 1',
  ]);
  expect(await world.unexplained()).toEqual([]);
  const all = ['stock-reserved', 'stock-committed', 'stock-released'];
  expect([await world.said(orderId), await world.said(other)]).toEqual([
    all,
    ['stock-reserved', 'stock-released'],
  ]);
  expect(await transactions()).toBe(1);
});

test('a product gets its initial stock when it is first heard of, and never again', async () => {
  await world.receive(productHeard('ice-axe', 1));
  await world.receive(placed(orderId, { 'ice-axe': 2 }));
  await world.receive(confirmed(orderId));
  await world.receive(productHeard('ice-axe', 2));
  await world.receive(productHeard('tin-mug', 9));
  expect(await world.stock()).toEqual({ ...untouched, 'ice-axe': '5/0' });
  expect(await world.unexplained()).toEqual([]);
});

test('stock, reservation and answer are one commit: without the answer nothing is held', async () => {
  await world.database.query('alter table outbox add constraint full_disk check (false) not valid');
  await world.receive(placed(orderId, { 'ridge-tent': 2 }));
  expect(await world.stock()).toEqual(untouched);
  expect(await world.database.query('select 1 from reservations')).toEqual([]);
  expect(await world.database.query('select 1 from dead_letters')).toHaveLength(1);
});

async function movementsOf(orderId: string): Promise<string[]> {
  const rows = await world.database.query<{ product_id: string; kind: string; delta: number }>(
    'select * from movements where order_id = $1 order by kind, product_id',
    [orderId],
  );
  return rows.map(({ product_id, kind, delta }) => `${product_id} ${kind} ${String(delta)}`);
}

/** How many transactions events took effect in: a row carries the number of the one that wrote it. */
async function transactions(): Promise<number | undefined> {
  const [row] = await world.database.query<{ count: number }>(
    'select count(distinct xmin::text)::int from inbox',
  );
  return row?.count;
}
