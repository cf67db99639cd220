/**
 * Use cases of the payments service. No call to the card processor leaves from here: an event only records
 * what is to be done, in the transaction that the inbox opened, and worker.ts does it. So one slow card holds
 * up its own order and nobody else's.
 */
import {
  cancelled,
  cancelledFirst,
  confirmed,
  refundRequested,
  requested,
  type Payment,
} from './payment.ts';
import type { PaymentsQueries } from './store.ts';

export function createPayments() {
  return {
    async paymentRequested(
      tx: PaymentsQueries,
      order: { orderId: string; amountCents: number; currency: string; cardToken: string },
    ) {
      // Where there is one already, it came of the same event, or of a cancellation that was here first, and stands.
      await tx.add(requested(order));
    },

    async orderConfirmed(tx: PaymentsQueries, { orderId }: { orderId: string }) {
      await save(tx, confirmed(await tx.findForUpdate(orderId)));
    },

    async orderCancelled(tx: PaymentsQueries, { orderId }: { orderId: string }) {
      // #region cancel-first
      // A cancellation may find nothing yet: it leaves a mark, and a request that comes later finds it. Adding decides
      // between the two: a look before would let both find nothing, and the later overwrite the earlier.
      if (await tx.add(cancelledFirst(orderId))) return;
      // #endregion
      await save(tx, cancelled(await tx.findForUpdate(orderId)));
    },

    async refundRequested(tx: PaymentsQueries, { orderId }: { orderId: string }) {
      await save(tx, refundRequested(await tx.findForUpdate(orderId)));
    },
  };
}

async function save(tx: PaymentsQueries, payment: Payment | undefined): Promise<void> {
  if (payment !== undefined) await tx.save({ payment });
}

export type Payments = ReturnType<typeof createPayments>;
