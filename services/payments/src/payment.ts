/**
 * The model: one order's payment. States that end in -ing call for work at the card processor, which a worker
 * does; the others rest. News from orders and answers from the processor move it along, as pure functions.
 *
 *   authorising -> authorised -> capturing -> captured -> refunding -> refunded
 *      |    \-> declined  |       |     ^
 *      v                  v       v     |
 *   abandoning -------> voiding  reauthorising -> capture-failed
 *      \-> cancelled      \-> voided
 *
 * A capture that is declined ends in capture-failed, too. A captured payment is refunded where the support asks for it.
 */
import {
  captureFailed,
  paymentAuthorised,
  paymentCaptured,
  paymentDeclined,
  paymentRefunded,
  paymentVoided,
} from '@waymark/contracts/payments.ts';
import { outgoing, type OutgoingEvent } from '@waymark/messaging/event.ts';

/** What the worker asks of the processor in each state that calls for work. */
export const calls = {
  authorising: 'authorise',
  abandoning: 'authorise',
  reauthorising: 'authorise',
  capturing: 'capture',
  voiding: 'void',
  refunding: 'refund',
} as const;

export type PendingState = keyof typeof calls;
export type RestingState =
  'authorised' | 'declined' | 'captured' | 'voided' | 'refunded' | 'cancelled' | 'capture-failed';

export interface Payment {
  orderId: string;
  amountCents: number;
  currency: string;
  cardToken: string;
  state: PendingState | RestingState;
  holdNumber: number;
  holdId: string | undefined;
  reason: string | undefined;
  /** The money goes back as soon as it is here. */
  refundRequested: boolean;
}

/** What the processor says once it has really answered; anything else is unknown, and asked again. */
export type Answer =
  { kind: 'done'; holdId: string } | { kind: 'declined'; reason: string } | { kind: 'expired' };

export interface Posting {
  account: 'processor' | 'sales';
  amountCents: number;
}

export interface Transfer {
  id: string;
  postings: Posting[];
}

export interface Outcome {
  payment: Payment;
  events: OutgoingEvent[];
  transfer?: Transfer;
}

/** Each order gets this many holds before we give its money up: a card that lets every hold lapse is broken. */
const MAX_HOLDS = 3;

export function isPending(state: Payment['state']): state is PendingState {
  return Object.hasOwn(calls, state);
}

/** An order's first news of its payment. */
export function requested(order: {
  orderId: string;
  amountCents: number;
  currency: string;
  cardToken: string;
}): Payment {
  const start = { holdNumber: 1, holdId: undefined, reason: undefined, refundRequested: false };
  return { ...order, ...start, state: 'authorising' };
}

/** Throws where there is nothing to capture, since that would be giving goods away. */
export function confirmed(earlier: Payment | undefined): Payment | undefined {
  if (earlier?.state === 'authorised') return { ...earlier, state: 'capturing' };
  if (earlier !== undefined && AFTER_CAPTURE.has(earlier.state)) return undefined;
  throw new Error(`an order was confirmed whose payment is ${earlier?.state ?? 'unknown'}`);
}

const AFTER_CAPTURE = new Set<Payment['state']>([
  'capturing',
  'captured',
  'reauthorising',
  'capture-failed',
  'refunding',
  'refunded',
]);

/** The mark that a cancellation leaves which comes before the request. */
export function cancelledFirst(orderId: string): Payment {
  const noOrder = { amountCents: 0, currency: '', cardToken: '' };
  const noHold = { holdNumber: 0, holdId: undefined, reason: undefined, refundRequested: false };
  return { orderId, ...noOrder, ...noHold, state: 'cancelled' };
}

/** What a cancellation does that is not the first to be heard of: see cancelledFirst. */
export function cancelled(earlier: Payment): Payment | undefined {
  // #region cancel-in-flight
  // A cancellation may find an authorisation under way, whose outcome nobody knows: the worker goes on asking until
  // it does, and then gives the hold back. Voiding at once would miss a hold that the processor is only now writing
  // down.
  if (earlier.state === 'authorising') return { ...earlier, state: 'abandoning' };
  if (earlier.state === 'authorised') return { ...earlier, state: 'voiding' };
  if (earlier.state === 'captured') return { ...earlier, state: 'refunding' };
  // #endregion
  if (earlier.state === 'capturing' || earlier.state === 'reauthorising')
    throw new Error(`an order was cancelled whose payment is ${earlier.state}`);
  return undefined;
}

/** Throws where nothing is held, since the order cannot have been confirmed then. */
export function refundRequested(earlier: Payment | undefined): Payment | undefined {
  // #region refund-in-flight
  // The support can be quicker than the card processor. A refund of what is not captured yet would be refused, and a
  // void in its place would race the capture that is under way. So the payment remembers: whichever way the capture
  // ends, its answer finds the mark in the row that it locks, and only money that was taken is given back.
  if (earlier?.state === 'captured') return { ...earlier, state: 'refunding' };
  if (earlier !== undefined && UNTIL_CAPTURE.has(earlier.state))
    return { ...earlier, refundRequested: true };
  // #endregion
  if (earlier !== undefined && AFTER_CAPTURE.has(earlier.state)) return undefined;
  throw new Error(`a refund was requested of a payment that is ${earlier?.state ?? 'unknown'}`);
}

const UNTIL_CAPTURE = new Set<Payment['state']>(['authorised', 'capturing', 'reauthorising']);

/** The processor's answer to what the payment's state called for. */
export function answered(payment: Payment, answer: Answer): Outcome {
  const { orderId, amountCents, currency } = payment;
  const amount = { orderId, amountCents, currency };
  const move = (state: Payment['state'], ...events: OutgoingEvent[]): Outcome => ({
    payment: { ...payment, state, ...(answer.kind === 'done' ? { holdId: answer.holdId } : {}) },
    events,
  });
  switch (payment.state) {
    case 'authorising':
      if (answer.kind === 'done') {
        return move('authorised', outgoing(paymentAuthorised, orderId, amount));
      }
      return refused(payment, 'declined', answer);
    case 'abandoning':
      return answer.kind === 'done' ? move('voiding') : move('cancelled');
    case 'reauthorising':
      return answer.kind === 'done'
        ? move('capturing')
        : refused(payment, 'capture-failed', answer);
    case 'capturing':
      if (answer.kind !== 'done') return captureRefused(payment, answer);
      return {
        ...move(
          payment.refundRequested ? 'refunding' : 'captured',
          outgoing(paymentCaptured, orderId, amount),
        ),
        transfer: transfer(payment, 'capture', amountCents),
      };
    case 'voiding':
      checkGivenBack(payment, answer);
      return move('voided', outgoing(paymentVoided, orderId, amount));
    case 'refunding':
      checkGivenBack(payment, answer);
      return {
        ...move('refunded', outgoing(paymentRefunded, orderId, amount)),
        transfer: transfer(payment, 'refund', -amountCents),
      };
    default:
      throw new Error(`a payment that is ${payment.state} asked for nothing`);
  }
}

/** The decision to sell stands, so a hold that lapsed is replaced, a few times. */
function captureRefused(payment: Payment, answer: Answer): Outcome {
  if (answer.kind === 'expired' && payment.holdNumber < MAX_HOLDS) {
    const { holdNumber } = payment;
    return {
      payment: { ...payment, state: 'reauthorising', holdNumber: holdNumber + 1 },
      events: [],
    };
  }
  return refused(payment, 'capture-failed', answer);
}

/** Throws where the money was not given back: it stays owed, and is asked for until it is. */
function checkGivenBack({ orderId, state }: Payment, answer: Answer): void {
  if (answer.kind !== 'done') throw new Error(`${orderId}: ${state} was refused as ${answer.kind}`);
}

function refused(payment: Payment, state: 'declined' | 'capture-failed', answer: Answer): Outcome {
  const { orderId } = payment;
  const reason = answer.kind === 'declined' ? answer.reason : answer.kind;
  const contract = state === 'declined' ? paymentDeclined : captureFailed;
  return {
    payment: { ...payment, state, reason },
    events: [outgoing(contract, orderId, { orderId, reason })],
  };
}

function transfer(payment: Payment, kind: string, amountCents: number): Transfer {
  return {
    id: `${payment.orderId}/${kind}/${String(payment.holdNumber)}`,
    postings: [
      { account: 'processor', amountCents },
      { account: 'sales', amountCents: -amountCents },
    ],
  };
}
