/** An order in each of its states, every piece of news that can reach it, and what must come of it. */
import {
  cancelRequested,
  captureFailed,
  deadlinePassed,
  paymentAuthorised,
  paymentDeclined,
  paymentRefunded,
  placeOrder,
  refundRequested,
  stockRejected,
  stockReserved,
  type Order,
  type OrderState,
  type Refund,
} from '../src/order.ts';
import { body } from './setup.ts';

export const refund: Refund = {
  reason: 'damaged',
  requestedAt: new Date('2026-03-02T10:00:00Z'),
  idempotencyKey: 'key-1',
};

export const decisions = {
  stockReserved,
  stockRejected,
  paymentAuthorised,
  paymentDeclined,
  deadlinePassed,
  cancelRequested,
  captureFailed,
  refund: (order: Order) => refundRequested(order, refund),
  'another refund': (order: Order) =>
    refundRequested(order, { ...refund, idempotencyKey: 'key-2' }),
  paymentRefunded,
};
export type News = keyof typeof decisions;

const prices = [{ productId: 'ridge-tent', priceCents: 25_000, currency: 'EUR' }];
export const facts = {
  id: '018f5a5e-0000-7000-8000-000000000001',
  now: new Date('2026-03-01T10:00:00Z'),
  deadlineMs: 60_000,
};
export const [placed] = placeOrder({ customerId: 'ada', ...body }, prices, facts);

export const states: OrderState[] = [
  { state: 'placed' },
  { state: 'awaiting-payment' },
  { state: 'confirmed' },
  { state: 'cancelled', reason: 'customer-request' },
  { state: 'refunding', refund },
  { state: 'refunded', refund },
];

const none = ['-', '-', '-', '-', '-', '-'];
const both = (reason: string) => [`cancelled: ${reason}`, `cancelled: ${reason}`];
const confirmedAlready = 'refused: already-confirmed';
const notConfirmed = 'refused: order-not-confirmed';
const refundedAlready = 'refused: already-refunded';

/** What each piece of news does to an order that is in each of the states above. */
export const outcomes: Record<News, string[]> = {
  stockReserved: ['payment-requested', ...none.slice(1)],
  stockRejected: [...both('out-of-stock'), ...none.slice(2)],
  paymentAuthorised: ['-', 'confirmed', ...none.slice(2)],
  paymentDeclined: [...both('payment-declined'), ...none.slice(2)],
  deadlinePassed: [...both('deadline-passed'), ...none.slice(2)],
  cancelRequested: [
    ...both('customer-request'),
    confirmedAlready,
    '-',
    confirmedAlready,
    confirmedAlready,
  ],
  captureFailed: ['-', '-', 'cancelled: capture-failed', '-', 'cancelled: capture-failed', '-'],
  refund: [notConfirmed, notConfirmed, 'refunding', notConfirmed, '-', '-'],
  'another refund': [
    notConfirmed,
    notConfirmed,
    'refunding',
    notConfirmed,
    refundedAlready,
    refundedAlready,
  ],
  paymentRefunded: ['-', '-', '-', '-', 'refunded', '-'],
};
