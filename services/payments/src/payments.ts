/**
 * Use cases of the payments service. No call to the card processor leaves from here: an event only records
 * what is to be done, in the transaction that the inbox opened, and worker.ts does it. So one slow card holds
 * up its own order and nobody else's.
 */
import { cancelled, confirmed, refundRequested, requested } from './payment.ts';
import type { PaymentsQueries } from './store.ts';

export function createPayments() {
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
  };
}

export type Payments = ReturnType<typeof createPayments>;
