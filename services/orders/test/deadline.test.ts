import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { connectDatabase } from '@waymark/database/connect.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { sql } from 'kysely';
import { DEADLINE_MS, news, setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

function pass(ms: number): void {
  world.time.now = new Date(world.time.now.getTime() + ms);
}

test('orders undecided at their deadline are cancelled once, however many replicas look', async () => {
  world.start();
  world.start(world.build());
  const waiting = await Promise.all(Array.from({ length: 10 }, () => world.placed()));
  const [asked = ''] = waiting;
  await world.publish(news.reserved(asked));
  await world.told(asked, 'payment-requested');
  pass(DEADLINE_MS + 1);
  for (const id of waiting) await world.told(id, 'order-cancelled');
  await world.settled();
  for (const id of waiting) {
    expect(await world.order(id)).toMatchObject({ state: 'cancelled', reason: 'deadline-passed' });
    const [placed, ...rest] = (await world.published(id)).filter(
      (type) => type !== 'payment-requested',
    );
    expect([placed, ...rest]).toEqual(['order-placed', 'order-cancelled']);
  }
});

test('the deadline leaves alone what is decided, and what has time left', async () => {
  world.start();
  const confirmed = await world.placed();
  await world.confirm(confirmed);
  const cancelled = await world.placed();
  await world.cancel(cancelled);
  const overdue = await world.placed();
  pass(1);
  const inTime = await world.placed();
  pass(DEADLINE_MS);
  // The timer has looked when it has cancelled the one that was overdue.
  await world.told(overdue, 'order-cancelled');
  expect((await world.order(inTime)).state).toBe('placed');
  expect((await world.order(confirmed)).state).toBe('confirmed');
  expect((await world.order(cancelled)).reason).toBe('customer-request');
});

test('a deadline that passed while nobody was running is kept by whoever starts next', async () => {
  const id = await world.placed();
  pass(DEADLINE_MS + 1);
  world.start(world.build());
  await world.told(id, 'order-cancelled');
  await eventually(async () => (await world.order(id)).reason === 'deadline-passed');
});

test('an authorisation that comes after the deadline finds the order cancelled', async () => {
  world.start();
  const id = await world.placed();
  await world.publish(news.reserved(id));
  await world.told(id, 'payment-requested');
  pass(DEADLINE_MS + 1);
  await world.told(id, 'order-cancelled');
  await world.publish(news.authorised(id));
  await world.settled();
  expect((await world.order(id)).state).toBe('cancelled');
  expect(await world.published(id)).not.toContain('order-confirmed');
});

test('an order that someone else decides at the moment is left to them, and holds up no other', async () => {
  const decided = await world.placed();
  const other = await world.placed();
  pass(DEADLINE_MS + 1);
  const someone = connectDatabase<object>({ url: world.database.url, applicationName: 'test' });
  await someone.transaction().execute(async (tx) => {
    await sql`update orders set state = 'confirmed' where id = ${decided}`.execute(tx);
    world.start();
    await world.told(other, 'order-cancelled');
  });
  await someone.destroy();
  const later = await world.placed();
  pass(DEADLINE_MS + 1);
  // The timer has looked again when it has cancelled this one.
  await world.told(later, 'order-cancelled');
  expect((await world.order(decided)).state).toBe('confirmed');
  expect(await world.published(decided)).toEqual(['order-placed']);
});
