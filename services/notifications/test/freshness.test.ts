import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { stockReserved } from '@waymark/contracts/inventory.ts';
import { orderConfirmed } from '@waymark/contracts/orders.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { about, setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

async function updates(stage: string, le: string): Promise<number> {
  const text = await world.metrics.metrics();
  const series = `live_update_delay_seconds_bucket{le="${le}",service="notifications",stage="${stage}"} `;
  return Number(text.split(series)[1]?.split('\n')[0]);
}

test('every step is measured when it can be read, and again for each client who followed when it happened', async () => {
  expect([await updates('feed', '+Inf'), await updates('client', '+Inf')]).toEqual([0, 0]);
  const orderId = await world.place();
  const streams = [await world.open(orderId), await world.open(orderId)];
  await world.publish(about(stockReserved, orderId));
  await eventually(() => streams.every((stream) => stream.received().length === 2));
  await eventually(async () => {
    expect(await updates('client', '+Inf')).toBe(2);
  });
  expect(await updates('feed', '+Inf')).toBe(2);
  for (const stream of streams) await stream.leave();
});

test('a step that comes late is measured as late', async () => {
  const record = about(orderConfirmed, await world.place());
  record.headers.ce_time = new Date(Date.now() - 7000).toISOString();
  await world.publish(record);
  await world.handled();
  expect([await updates('feed', '5'), await updates('feed', '10')]).toEqual([1, 2]);
});
