import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { randomUUID } from 'node:crypto';
import { authorised, setup, type World } from './setup.ts';

let world: World;
let orderId: string;
beforeEach(async () => {
  world = await setup({ timeoutMs: 400 });
  orderId = randomUUID();
});
afterEach(() => world.stop());

/** What the processor was asked, each key once. */
const keys = () => [...new Set(world.processor.calls.map(({ key }) => key))];
const callsUnder = (wanted: string) =>
  world.processor.calls.filter(({ key }) => key === wanted).length;

describe('where nobody knows whether the money is held', () => {
  const never = new Promise<never>(() => undefined);
  test.each([
    ['the answer takes too long, though the card was charged', { until: never }],
    ['the connection drops, though the card was charged', { drop: true }],
    ['the processor answers 500', { refusal: { status: 500, code: 'internal-error' } }],
    ['the processor answers 503', { refusal: { status: 503, code: 'processor-down' } }],
    [
      'the processor takes our key for another’s',
      { refusal: { status: 401, code: 'api-key-invalid' } },
    ],
    ['something between us answers', { refusal: { status: 200, code: 'not-a-hold' } }],
  ])('%s: it is asked again under the same key, and holds once', async (_what, fault) => {
    world.processor.follow((_call, earlier) => (earlier < 2 ? fault : undefined));
    await world.request(orderId);
    await world.reaches(orderId, 'authorised');
    expect(callsUnder(`${orderId}/authorise/1`)).toBeGreaterThanOrEqual(3);
    expect(keys()).toEqual([`${orderId}/authorise/1`]);
    expect(world.processor.holds).toHaveLength(1);
    expect(await world.typesTold(orderId)).toEqual(['payment-authorised']);
  });
});

test.each([
  { say: 'confirm', action: 'capture', state: 'captured' },
  { say: 'cancel', action: 'void', state: 'voided' },
] as const)('a lost answer to a $action is asked for again too', async ({ say, action, state }) => {
  orderId = await authorised(world);
  world.processor.follow((_call, earlier) => ({ drop: earlier === 0 }));
  await world[say](orderId);
  await world.reaches(orderId, state);
  expect(keys()).toEqual([`${orderId}/authorise/1`, `${orderId}/${action}/1`]);
  expect(callsUnder(`${orderId}/${action}/1`)).toBeGreaterThanOrEqual(2);
  expect(world.processor.holds).toMatchObject([{ state }]);
  expect(await world.typesTold(orderId)).toEqual(['payment-authorised', `payment-${state}`]);
});

test('a processor that is away for long is not given up: the payment is made when it is back', async () => {
  world.processor.follow(() => ({ refusal: { status: 503, code: 'processor-down' } }));
  await world.request(orderId);
  await eventually(() => world.processor.calls.length >= 4);
  expect(await world.stateOf(orderId)).toBe('authorising');
  expect(await world.typesTold(orderId)).toEqual([]);
  world.processor.follow(() => undefined);
  await world.reaches(orderId, 'authorised');
});

test('while the processor is taken to be away, what comes is not tried, and so waits no longer for it', async () => {
  world.processor.follow(() => ({ refusal: { status: 503, code: 'processor-down' } }));
  const first = Array.from({ length: 10 }, () => randomUUID());
  for (const id of first) await world.request(id);
  await eventually(() => world.processor.calls.length >= 10);
  await world.request(orderId);
  await world.caughtUp();
  const called = world.processor.calls.length;
  await eventually(() => world.processor.calls.length > called);
  const [row] = await world.database.query<{ attempts: number }>(
    'select attempts from payments where order_id = $1',
    [orderId],
  );
  expect(row?.attempts).toBeLessThanOrEqual(1);
  world.processor.follow(() => undefined);
  await world.reaches(orderId, 'authorised');
});

test('a cancellation that overtakes a lost authorisation gives the hold back once it is found', async () => {
  world.processor.follow((_call, earlier) =>
    earlier === 0 ? { drop: true } : { refusal: { status: 503, code: 'processor-down' } },
  );
  await world.request(orderId);
  await eventually(() => world.processor.calls.length >= 2);
  await world.cancel(orderId, 'deadline-passed');
  await world.reaches(orderId, 'abandoning');
  expect(world.processor.holds).toMatchObject([{ state: 'authorised' }]);
  world.processor.follow(() => undefined);
  await world.reaches(orderId, 'voided');
  expect(keys()).toEqual([`${orderId}/authorise/1`, `${orderId}/void/1`]);
  expect(world.processor.holds).toMatchObject([{ state: 'voided' }]);
  expect(await world.typesTold(orderId)).toEqual(['payment-voided']);
});
