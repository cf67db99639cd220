/** Money that the support gives back, whenever it asks for it. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { authorised, captured, setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

const keys = () => world.processor.calls.map(({ key }) => key.split('/').slice(1).join('/'));

async function expectAllBack(orderId: string): Promise<void> {
  expect(world.processor.holds).toMatchObject([{ state: 'refunded' }]);
  const ledger = await world.ledger(orderId);
  expect(ledger).toHaveLength(4);
  expect(ledger.reduce((sum, { cents }) => sum + cents, 0)).toBe(0);
  expect(await world.deadLetters()).toEqual([]);
}

test('a captured payment is refunded once, however often it is asked for', async () => {
  const orderId = await captured(world);
  await world.refund(orderId);
  await world.refund(orderId);
  await world.reaches(orderId, 'refunded');
  await world.refund(orderId);
  await world.caughtUp();
  expect(keys()).toEqual(['authorise/1', 'capture/1', 'refund/1']);
  expect((await world.typesTold(orderId)).slice(1)).toEqual([
    'payment-captured',
    'payment-refunded',
  ]);
  await expectAllBack(orderId);
});

test('a refund that overtakes the capture waits for it, and takes its lease from nobody', async () => {
  const orderId = await authorised(world);
  const gate = Promise.withResolvers<undefined>();
  world.processor.follow(({ path }) =>
    path.endsWith('/capture') ? { until: gate.promise } : undefined,
  );
  await world.confirm(orderId);
  await eventually(() => keys().includes('capture/1'));
  await world.refund(orderId);
  await world.caughtUp();
  expect(await world.stateOf(orderId)).toBe('capturing');
  gate.resolve(undefined);
  await world.reaches(orderId, 'refunded');
  expect(keys()).toEqual(['authorise/1', 'capture/1', 'refund/1']);
  expect((await world.typesTold(orderId)).slice(1)).toEqual([
    'payment-captured',
    'payment-refunded',
  ]);
  await expectAllBack(orderId);
});

test('a refund whose answer is lost is asked for again under its key, and booked once', async () => {
  const orderId = await captured(world);
  world.processor.follow((_call, earlier) => (earlier === 0 ? { drop: true } : undefined));
  await world.refund(orderId);
  await world.reaches(orderId, 'refunded');
  expect(keys()).toEqual(['authorise/1', 'capture/1', 'refund/1', 'refund/1']);
  await expectAllBack(orderId);
});

test('where the capture fails there is nothing to give back', async () => {
  const orderId = await authorised(world);
  const gate = Promise.withResolvers<undefined>();
  world.processor.follow(({ path }) =>
    path.endsWith('/capture')
      ? { until: gate.promise, refusal: { status: 402, code: 'card-declined' } }
      : undefined,
  );
  await world.confirm(orderId);
  await eventually(() => keys().includes('capture/1'));
  await world.refund(orderId);
  await world.caughtUp();
  gate.resolve(undefined);
  await world.reaches(orderId, 'capture-failed');
  expect(keys()).not.toContain('refund/1');
  expect(await world.ledger(orderId)).toEqual([]);
});
