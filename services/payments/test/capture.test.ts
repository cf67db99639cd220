import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { authorised, captured, setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

const keys = () => world.processor.calls.map(({ key }) => key);
const expired = { refusal: { status: 409, code: 'hold-expired' } };
const isCapture = (path: string) => path.endsWith('/capture');

test('a confirmed order’s money is captured, told and in the ledger', async () => {
  const orderId = await captured(world);
  expect(keys()).toEqual([`${orderId}/authorise/1`, `${orderId}/capture/1`]);
  expect(world.processor.holds).toMatchObject([{ state: 'captured', amountCents: 26_250 }]);
  expect(await world.told(orderId)).toEqual([
    { type: 'payment-authorised', data: { orderId, amountCents: 26_250, currency: 'EUR' } },
    { type: 'payment-captured', data: { orderId, amountCents: 26_250, currency: 'EUR' } },
  ]);
  expect(await world.ledger(orderId)).toEqual([
    { account: 'processor', cents: 26_250 },
    { account: 'sales', cents: -26_250 },
  ]);
});

test('a hold that lapsed before its capture is replaced by a new one under keys of its own', async () => {
  const orderId = await authorised(world);
  world.processor.follow(({ key }) => (key.endsWith('/capture/1') ? expired : undefined));
  await world.confirm(orderId);
  await world.reaches(orderId, 'captured');
  expect(keys()).toEqual([
    `${orderId}/authorise/1`,
    `${orderId}/capture/1`,
    `${orderId}/authorise/2`,
    `${orderId}/capture/2`,
  ]);
  expect(world.processor.holds.map(({ state }) => state)).toEqual(['authorised', 'captured']);
  expect(await world.typesTold(orderId)).toEqual(['payment-authorised', 'payment-captured']);
  expect((await world.ledger(orderId)).map(({ cents }) => cents)).toEqual([26_250, -26_250]);
});

test('a card that lets three holds lapse is given up, and the cancellation that follows finds nothing to undo', async () => {
  const orderId = await authorised(world);
  world.processor.follow(({ path }) => (isCapture(path) ? expired : undefined));
  await world.confirm(orderId);
  await world.reaches(orderId, 'capture-failed');
  await world.cancel(orderId, 'capture-failed');
  await world.caughtUp();
  expect(await world.stateOf(orderId)).toBe('capture-failed');
  expect(keys().at(-1)).toBe(`${orderId}/capture/3`);
  expect((await world.told(orderId)).slice(1)).toEqual([
    { type: 'capture-failed', data: { orderId, reason: 'expired' } },
  ]);
  expect(await world.ledger(orderId)).toEqual([]);
  expect(await world.deadLetters()).toEqual([]);
});

test('a card that is declined for its second hold is given up with that reason', async () => {
  const orderId = await authorised(world);
  const declined = { refusal: { status: 402, code: 'card-declined' } };
  world.processor.follow(({ path }) => (isCapture(path) ? expired : declined));
  await world.confirm(orderId);
  await world.reaches(orderId, 'capture-failed');
  expect((await world.told(orderId)).slice(1)).toEqual([
    { type: 'capture-failed', data: { orderId, reason: 'card-declined' } },
  ]);
});

test('what was captured is refunded when its order is cancelled after all', async () => {
  const orderId = await captured(world);
  await world.cancel(orderId);
  await world.reaches(orderId, 'refunded');
  expect(world.processor.holds).toMatchObject([{ state: 'refunded' }]);
  expect((await world.typesTold(orderId)).slice(2)).toEqual(['payment-refunded']);
  const ledger = await world.ledger(orderId);
  expect(ledger).toHaveLength(4);
  for (const account of ['processor', 'sales']) {
    const cents = ledger.filter((posting) => posting.account === account).map((row) => row.cents);
    expect(cents.toSorted((a, b) => a - b)).toEqual([-26_250, 26_250]);
  }
});

test('a refund that the processor refuses is in no book of ours, and is tried on', async () => {
  const orderId = await captured(world);
  world.processor.follow((_call, earlier) =>
    earlier < 2 ? { refusal: { status: 402, code: 'no-funds' } } : undefined,
  );
  await world.cancel(orderId);
  await world.reaches(orderId, 'refunded');
  expect(keys().slice(2)).toEqual(Array.from({ length: 3 }, () => `${orderId}/refund/1`));
  expect(world.processor.holds).toMatchObject([{ state: 'refunded' }]);
  expect(await world.ledger(orderId)).toHaveLength(4);
});
