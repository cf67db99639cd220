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

describe('where nobody knows whether the money is held', () => {
  const never = new Promise<never>(() => undefined);
  test.each([
    ['the answer takes too long, though the card was charged', { answerAfter: never }],
    ['the connection drops, though the card was charged', 'drop' as const],
    ['the processor answers 500', { status: 500, code: 'internal-error' }],
    ['the processor answers 503', { status: 503, code: 'processor-down' }],
    ['the processor takes our key for another’s', { status: 401, code: 'api-key-invalid' }],
    ['something between us answers', { status: 200, code: 'not-a-hold' }],
  ])('%s: it is asked again under the same key, and holds once', async (_what, fault) => {
    world.processor.follow((_call, earlier) => (earlier < 2 ? fault : undefined));
    await world.request(orderId);
    await world.reaches(orderId, 'authorised');
    expect(world.processor.calls.length).toBeGreaterThanOrEqual(3);
    expect(keys()).toEqual([`${orderId}/authorise/1`]);
    expect(world.processor.holds).toHaveLength(1);
    expect(await world.typesTold(orderId)).toEqual(['payment-authorised']);
  });
});

test.each([
  ['confirm', 'captured', 'capture', ['payment-authorised', 'payment-captured']],
  ['cancel', 'voided', 'void', ['payment-authorised', 'payment-voided']],
] as const)('a lost answer after %s is asked for again too', async (say, state, action, told) => {
  orderId = await authorised(world);
  world.processor.follow((_call, earlier) => (earlier === 1 ? 'drop' : undefined));
  await world[say](orderId);
  await world.reaches(orderId, state);
  const [, ...asked] = world.processor.calls.map(({ key }) => key);
  expect(asked).toEqual([`${orderId}/${action}/1`, `${orderId}/${action}/1`]);
  expect(world.processor.holds).toMatchObject([{ state }]);
  expect(await world.typesTold(orderId)).toEqual(told);
});

test('a processor that is away for long is not given up: the payment is made when it is back', async () => {
  world.processor.follow(() => ({ status: 503, code: 'processor-down' }));
  await world.request(orderId);
  await eventually(() => world.processor.calls.length >= 4);
  expect(await world.stateOf(orderId)).toBe('authorising');
  expect(await world.typesTold(orderId)).toEqual([]);
  world.processor.follow(() => undefined);
  await world.reaches(orderId, 'authorised');
});

test('a cancellation that overtakes a lost authorisation gives the hold back once it is found', async () => {
  world.processor.follow((_call, earlier) =>
    earlier === 0 ? 'drop' : { status: 503, code: 'processor-down' },
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
