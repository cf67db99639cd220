import { expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { randomUUID } from 'node:crypto';
import { authorised, setup } from './setup.ts';

test('payments that call for work are counted by state, with the most attempts that one has had', async () => {
  const world = await setup();
  const { metrics } = world.first;
  await authorised(world);
  expect(await metrics.metrics()).not.toContain('payments_pending{');
  await world.processor.close();
  await world.request(randomUUID());
  await eventually(async () => {
    const text = await metrics.metrics();
    expect(text).toContain('payments_pending{state="authorising",service="payments"} 1');
    expect(text).toMatch(
      /payments_pending_attempts\{state="authorising",service="payments"\} [2-9]/,
    );
  });
  await world.stop();
});
