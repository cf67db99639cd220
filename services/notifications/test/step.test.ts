import { expect, test } from '@jest/globals';
import * as inventory from '@waymark/contracts/inventory.ts';
import * as orders from '@waymark/contracts/orders.ts';
import * as payments from '@waymark/contracts/payments.ts';
import { shown, stepOf } from '../src/step.ts';

const event = {
  type: 'waymark.orders.order-cancelled.v1',
  subject: 'order-1',
  time: '2026-03-01T10:00:00.000Z',
  data: { reason: 'out-of-stock', cardToken: 'tok_approve' },
};

test('a step is named as its event, without service and version', () => {
  expect(stepOf(event, undefined).step).toBe('order-cancelled');
});

test('a step says which order, which state, why and when, and nothing else of the event', () => {
  expect(stepOf(event, 'cancelled')).toEqual({
    orderId: 'order-1',
    step: 'order-cancelled',
    state: 'cancelled',
    reason: 'out-of-stock',
    at: '2026-03-01T10:00:00.000Z',
  });
});

test('a step without a state or a reason does not mention them', () => {
  expect(Object.keys(stepOf({ ...event, data: {} }, undefined))).toEqual(['orderId', 'step', 'at']);
});

test('every event that is shown has a step name of its own', () => {
  const names = shown.map(([{ type }]) => stepOf({ ...event, type }, undefined).step);
  expect(new Set(names).size).toBe(shown.length);
  for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)+$/);
});

test('states come from the orders service alone, since events of one topic stay in order', () => {
  const states = shown.filter(([, state]) => state !== undefined);
  expect(states.map(([contract, state]) => [contract.topic, state])).toEqual([
    ['waymark.orders', 'placed'],
    ['waymark.orders', 'confirmed'],
    ['waymark.orders', 'cancelled'],
  ]);
});

test('everything that services say of an order is shown, except the request that holds the card token', () => {
  const contracts = [orders, inventory, payments]
    .flatMap((module) => Object.values(module))
    .filter((value) => 'topic' in value);
  const hidden = contracts.filter((contract) => !shown.some(([one]) => one === contract));
  expect(hidden).toEqual([orders.paymentRequested]);
});
