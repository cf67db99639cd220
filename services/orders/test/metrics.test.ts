import { expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { DEADLINE_MS, news, setup, type World } from './setup.ts';

test('orders that wait for a decision are counted by state, decided ones are not', async () => {
  const world = await setup();
  const [first, second] = [await world.placed(), await world.placed()];
  await world.cancel(second);
  const text = await world.metrics.metrics();
  expect(text).toContain('orders_undecided{state="placed",service="orders"} 1\n');
  expect(text).not.toContain('state="cancelled"');
  expect(text).toMatch(/outbox_size\{service="orders"\} [1-9]/);
  expect(text).toContain('method="POST",route="/v1/orders/:id/cancel",status="2xx"');
  expect(text).not.toContain(first);
  await world.stop();
});

test('an order is measured from placing it to its first decision, whatever decides it', async () => {
  const world = await setup();
  world.start();
  const [confirmed, declined] = [await world.placed(), await world.placed()];
  world.time.now = new Date(world.time.now.getTime() + 1500);
  await world.confirm(confirmed);
  await world.publish(news.reserved(declined));
  await world.told(declined, 'payment-requested');
  await world.publish(news.declined(declined));
  await world.told(declined, 'order-cancelled');
  await world.publish(news.captureFailed(confirmed));
  await world.told(confirmed, 'order-cancelled');
  await world.placed();
  world.time.now = new Date(world.time.now.getTime() + DEADLINE_MS + 1);
  await eventually(async () => {
    expect(await decisions(world, 'deadline-passed', { le: '120' })).toBe(1);
  });
  expect(await decisions(world, 'deadline-passed', { le: '60' })).toBe(0);
  expect(await decisions(world, 'confirmed', { le: '2' })).toBe(1);
  expect(await decisions(world, 'confirmed', { le: '1' })).toBe(0);
  expect(await decisions(world, 'payment-declined', { le: '2' })).toBe(1);
  expect(await decisions(world, 'out-of-stock', { le: '+Inf' })).toBe(0);
  expect(await world.metrics.metrics()).not.toContain('outcome="capture-failed"');
  await world.stop();
});

async function decisions(world: World, outcome: string, { le }: { le: string }): Promise<number> {
  const text = await world.metrics.metrics();
  const series = `order_decision_duration_seconds_bucket{le="${le}",service="orders",outcome="${outcome}"} `;
  return Number(text.split(series)[1]?.split('\n')[0]);
}
