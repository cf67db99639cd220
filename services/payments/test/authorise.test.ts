import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { paymentRequested } from '@waymark/contracts/orders.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { randomUUID } from 'node:crypto';
import { authorised, payment, setup, type World } from './setup.ts';

let world: World;
let orderId: string;
beforeEach(async () => {
  world = await setup();
  orderId = randomUUID();
});
afterEach(() => world.stop());

test('a requested payment is authorised with the processor, and told', async () => {
  await world.request(orderId, { amountCents: 1250 });
  await world.reaches(orderId, 'authorised');
  expect(world.processor.calls).toMatchObject([
    {
      path: '/v1/holds',
      key: `${orderId}/authorise/1`,
      body: { reference: orderId, amountCents: 1250, currency: 'EUR', cardToken: 'tok_approve' },
    },
  ]);
  expect(await world.told(orderId)).toEqual([
    { type: 'payment-authorised', data: { orderId, amountCents: 1250, currency: 'EUR' } },
  ]);
  expect(await world.ledger(orderId)).toEqual([]);
});

test('the call to the processor belongs to the trace of the event that asked for it', async () => {
  const traceparent = '00-11111111111111111111111111111111-2222222222222222-01';
  const record = world.recordOf(paymentRequested, orderId, payment);
  await world.eventLog.publish([{ ...record, headers: { ...record.headers, traceparent } }]);
  await world.reaches(orderId, 'authorised');
  expect(world.processor.calls[0]?.traceparent).toContain('11111111111111111111111111111111');
});

test.each([
  ['a declined card', 402, 'card-declined'],
  ['a card that the processor does not know', 422, 'unknown-card'],
])('%s is told with the reason, and not asked again', async (_what, status, code) => {
  world.processor.follow(() => ({ refusal: { status, code } }));
  await world.request(orderId);
  await world.reaches(orderId, 'declined');
  expect(await world.told(orderId)).toEqual([
    { type: 'payment-declined', data: { orderId, reason: code } },
  ]);
  await world.cancel(orderId, 'payment-declined');
  await world.caughtUp();
  expect(await world.stateOf(orderId)).toBe('declined');
  expect(world.processor.calls).toHaveLength(1);
});

test.each(['customer-request', 'deadline-passed'])(
  'a cancellation (%s) gives an authorised hold back',
  async (reason) => {
    orderId = await authorised(world);
    await world.cancel(orderId, reason);
    await world.reaches(orderId, 'voided');
    expect(world.processor.holds).toMatchObject([{ state: 'voided' }]);
    expect(await world.typesTold(orderId)).toEqual(['payment-authorised', 'payment-voided']);
    expect(await world.ledger(orderId)).toEqual([]);
  },
);

test.each(['customer-request', 'deadline-passed'])(
  'a cancellation (%s) that overtakes an authorisation waits for its answer, and voids it',
  async (reason) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    world.processor.follow(() => ({ until: promise }));
    await world.request(orderId);
    await eventually(() => world.processor.calls.length === 1);
    await world.cancel(orderId, reason);
    await world.reaches(orderId, 'abandoning');
    resolve();
    await world.reaches(orderId, 'voided');
    expect(world.processor.calls.map(({ key }) => key)).toEqual([
      `${orderId}/authorise/1`,
      `${orderId}/void/1`,
    ]);
    expect(world.processor.holds).toMatchObject([{ state: 'voided' }]);
    expect(await world.typesTold(orderId)).toEqual(['payment-voided']);
  },
);

test('an authorisation that is declined after its cancellation leaves nothing to undo', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const refusal = { status: 402, code: 'card-declined' };
  world.processor.follow(() => ({ refusal, until: promise }));
  await world.request(orderId);
  await eventually(() => world.processor.calls.length === 1);
  await world.cancel(orderId);
  await world.reaches(orderId, 'abandoning');
  resolve();
  await world.reaches(orderId, 'cancelled');
  expect(await world.typesTold(orderId)).toEqual([]);
});

test('a cancellation that finds nothing leaves a mark, and a request that comes later does nothing', async () => {
  await world.cancel(orderId, 'out-of-stock');
  await world.reaches(orderId, 'cancelled');
  await world.request(orderId);
  await world.caughtUp();
  expect(await world.stateOf(orderId)).toBe('cancelled');
  await authorised(world);
  expect(world.processor.calls.filter(({ body }) => body.reference === orderId)).toEqual([]);
  expect(await world.typesTold(orderId)).toEqual([]);
});
