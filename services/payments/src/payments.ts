/**
 * Use cases of the payments service. No call to the card processor leaves from here: an event only records
 * what is to be done, in the transaction that the inbox opened, and worker.ts does it. So one slow card holds
 * up its own order and nobody else's.
 */
import {
  answered,
  cancelled,
  confirmed,
  refundRequested,
  requested,
  type Answer,
} from './payment.ts';
import type { PaymentsQueries, PaymentsStore } from './store.ts';

export function createPayments({ store }: { store: PaymentsStore }) {
  return {
    async paymentRequested(
      tx: PaymentsQueries,
      order: { orderId: string; amountCents: number; currency: string; cardToken: string },
    ) {
      const payment = requested(await tx.findForUpdate(order.orderId), order);
      if (payment !== undefined) await tx.save(payment);
    },

    async orderConfirmed(tx: PaymentsQueries, { orderId }: { orderId: string }) {
      const payment = confirmed(await tx.findForUpdate(orderId));
      if (payment !== undefined) await tx.save(payment);
    },

    async orderCancelled(tx: PaymentsQueries, { orderId }: { orderId: string }) {
      const payment = cancelled(await tx.findForUpdate(orderId), orderId);
      if (payment !== undefined) await tx.save(payment);
    },

    async refundRequested(tx: PaymentsQueries, { orderId }: { orderId: string }) {
      const payment = refundRequested(await tx.findForUpdate(orderId));
      if (payment !== undefined) await tx.save(payment);
    },

    /** Commits what the processor said, with the events that follow. False where the lease was lost meanwhile. */
    async answered(orderId: string, leaseToken: string, answer: Answer): Promise<boolean> {
      return store.transaction(async (tx) => {
        // #region lost-lease
        // A worker that slept through its lease finds another's token here, and its answer is dropped: the
        // other asked under the same idempotency key, so it has, or will get, the same answer.
        const payment = await tx.findLeasedForUpdate(orderId, leaseToken);
        if (payment === undefined) return false;
        // #endregion
        const outcome = answered(payment, answer);
        await tx.save(outcome.payment);
        if (outcome.transfer !== undefined) {
          await tx.addTransfer(orderId, outcome.transfer.id, outcome.transfer.postings);
        }
        await tx.addToOutbox(outcome.events);
        return true;
      });
    },
  };
}

export type Payments = ReturnType<typeof createPayments>;
