/**
 * Which service sends and which receives each event, for the page that describes them (docs/asyncapi). No
 * service reads this table: what one does is in its inbox.ts and its model, and tools/test/asyncapi.test.ts
 * holds the table to those. Services without events of their own are not in it.
 */
import { productChanged } from './catalog.ts';
import type { EventContract } from './define-event.ts';
import { stockCommitted, stockRejected, stockReleased, stockReserved } from './inventory.ts';
import {
  orderCancelled,
  orderConfirmed,
  orderPlaced,
  paymentRequested,
  refundRequested,
} from './orders.ts';
import {
  captureFailed,
  paymentAuthorised,
  paymentCaptured,
  paymentDeclined,
  paymentRefunded,
  paymentVoided,
} from './payments.ts';

export interface Flow {
  service: string;
  sends: readonly EventContract[];
  receives: readonly EventContract[];
}

const ofInventory = [stockReserved, stockRejected, stockCommitted, stockReleased];
const ofPayments = [
  paymentAuthorised,
  paymentDeclined,
  paymentCaptured,
  captureFailed,
  paymentVoided,
  paymentRefunded,
];

export const flows: readonly Flow[] = [
  { service: 'catalog', sends: [productChanged], receives: [] },
  {
    service: 'orders',
    sends: [orderPlaced, paymentRequested, orderConfirmed, orderCancelled, refundRequested],
    receives: [
      productChanged,
      stockReserved,
      stockRejected,
      paymentAuthorised,
      paymentDeclined,
      captureFailed,
      paymentRefunded,
    ],
  },
  {
    service: 'inventory',
    sends: ofInventory,
    receives: [productChanged, orderPlaced, orderConfirmed, orderCancelled],
  },
  {
    service: 'payments',
    sends: ofPayments,
    receives: [paymentRequested, orderConfirmed, orderCancelled, refundRequested],
  },
  {
    service: 'notifications',
    sends: [],
    receives: [
      orderPlaced,
      orderConfirmed,
      orderCancelled,
      refundRequested,
      ...ofInventory,
      ...ofPayments,
    ],
  },
];
