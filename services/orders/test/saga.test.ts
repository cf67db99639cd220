import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { paymentRequested } from '@waymark/contracts/orders.ts';
import { toRecord } from '@waymark/messaging/event.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { randomUUID } from 'node:crypto';
import { news, setup, type World } from './setup.ts';

let world: World;
let id: string;
beforeEach(async () => {
  world = await setup();
  world.start();
  id = await world.placed();
});
afterEach(() => world.stop());

test('reserved stock makes the service ask for the payment of the whole order', async () => {
  await world.publish(news.reserved(id));
  await world.told(id, 'payment-requested');
  const [asked] = await world.broker.query<{ value: string }>(
    `select value from records where headers->>'ce_type' = $1`,
    [paymentRequested.type],
  );
  expect(JSON.parse(asked?.value ?? '')).toEqual({
    orderId: id,
    amountCents: 50_000,
    currency: 'EUR',
    cardToken: 'tok_approve',
  });
});

test('an authorised payment confirms the order', async () => {
  await world.confirm(id);
  await world.settled();
  expect((await world.order(id)).state).toBe('confirmed');
  const told = ['order-placed', 'payment-requested', 'order-confirmed'];
  expect(await world.published(id)).toEqual(told);
});

test('stock that cannot be had cancels the order', async () => {
  await world.publish(news.rejected(id));
  await world.told(id, 'order-cancelled');
  expect(await world.order(id)).toMatchObject({ state: 'cancelled', reason: 'out-of-stock' });
});

test('a declined payment cancels the order', async () => {
  await world.publish(news.reserved(id));
  await world.told(id, 'payment-requested');
  await world.publish(news.declined(id));
  await world.told(id, 'order-cancelled');
  expect(await world.order(id)).toMatchObject({ state: 'cancelled', reason: 'payment-declined' });
});

test('a capture that fails cancels an order that was confirmed', async () => {
  await world.confirm(id);
  await world.publish(news.captureFailed(id));
  await world.told(id, 'order-cancelled');
  expect(await world.order(id)).toMatchObject({ state: 'cancelled', reason: 'capture-failed' });
});

test('pieces of news of one order that come together take effect one after the other', async () => {
  await world.publish(news.reserved(id), news.rejected(id), news.reserved(id));
  await world.settled();
  expect(await world.order(id)).toMatchObject({ state: 'cancelled', reason: 'out-of-stock' });
  expect(await world.published(id)).toEqual([
    'order-placed',
    'payment-requested',
    'order-cancelled',
  ]);
});

test('news that comes after the cancellation changes nothing', async () => {
  await world.cancel(id);
  const late = [news.reserved, news.authorised, news.declined, news.rejected, news.captureFailed];
  await world.publish(...late.map((event) => event(id)));
  await world.settled();
  expect(await world.order(id)).toMatchObject({ state: 'cancelled', reason: 'customer-request' });
  expect(await world.published(id)).toEqual(['order-placed', 'order-cancelled']);
});

test('an event that comes again takes effect once, even where its id was forgotten', async () => {
  const reserved = toRecord(news.reserved(id), 'test');
  await world.eventLog.publish([reserved, reserved]);
  await world.settled();
  expect(await world.database.query('select event_id from inbox')).toHaveLength(1);
  await world.database.query('delete from inbox');
  await world.eventLog.publish([reserved]);
  await world.settled();
  expect(await world.database.query('select event_id from inbox')).toHaveLength(1);
  expect(await world.published(id)).toEqual(['order-placed', 'payment-requested']);

  const authorised = toRecord(news.authorised(id), 'test');
  await world.eventLog.publish([authorised, authorised, reserved]);
  await world.database.query('delete from inbox');
  await world.eventLog.publish([authorised, reserved]);
  await world.settled();
  const told = ['order-placed', 'payment-requested', 'order-confirmed'];
  expect(await world.published(id)).toEqual(told);
});

test('what follows from an event carries its correlation and names it as the cause', async () => {
  const reserved = toRecord(news.reserved(id), 'test');
  await world.eventLog.publish([reserved]);
  await world.told(id, 'payment-requested');
  const [asked] = await world.broker.query<{ headers: Record<string, string> }>(
    `select headers from records where headers->>'ce_type' = $1`,
    [paymentRequested.type],
  );
  expect(asked?.headers).toMatchObject({
    correlationid: reserved.headers.correlationid,
    causationid: reserved.headers.ce_id,
  });
});

test('news of an order that is not there is put aside, and what comes behind it is handled', async () => {
  const nobody = randomUUID();
  const reserved = toRecord(news.reserved(id), 'test');
  // On the same partition whatever the ids are, so that the second really is behind the first.
  const unknown = { ...toRecord(news.reserved(nobody), 'test'), key: id };
  const broken = { ...toRecord(news.reserved(id), 'test'), value: '{"orderId":7}' };
  await world.eventLog.publish([unknown, broken, reserved]);
  await world.told(id, 'payment-requested');
  await eventually(async () => {
    const letters = await world.database.query<{ reason: string; attempts: number }>(
      'select reason, attempts from dead_letters order by attempts desc',
    );
    expect(letters).toEqual([
      { reason: `there is no order ${nobody}`, attempts: 5 },
      { reason: expect.stringContaining('orderId') as unknown, attempts: 1 },
    ]);
  });
});
