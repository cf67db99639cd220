import { expect, test } from '@jest/globals';
import { setup } from './setup.ts';

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
