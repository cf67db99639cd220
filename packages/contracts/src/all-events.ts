/**
 * Every event type that the shop publishes, in the order of the topics. The tools that release contracts and
 * describe them read this list; a service imports the few contracts that it uses, so that its imports tell
 * which those are. tools/test/release-contracts.test.ts finds a contract that is missing here.
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

export const allEvents: readonly EventContract[] = [
  productChanged,
  orderPlaced,
  paymentRequested,
  orderConfirmed,
  orderCancelled,
  refundRequested,
  stockReserved,
  stockRejected,
  stockCommitted,
  stockReleased,
  paymentAuthorised,
  paymentDeclined,
  paymentCaptured,
  captureFailed,
  paymentVoided,
  paymentRefunded,
];
