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
import { toRow } from './payment-row.ts';
import type { PaymentsQueries, Saving } from './store.ts';

interface Order {
  orderId: string;
}

/** What the events of one transaction do to these orders' payments, one after the other. */
export async function openPayments(tx: PaymentsQueries, orderIds: string[]) {
  const found = await tx.findForUpdate(orderIds);
  const isFound = new Set(found.map(({ orderId }) => orderId));
  const payments = new Map(found.map((payment) => [payment.orderId, payment]));
  const changed = new Map<string, Saving>();

  function set(payment: Payment | undefined): void {
    if (payment === undefined) return;
    payments.set(payment.orderId, payment);
    // At once: a new row keeps the trace of its event, and the events of one transaction have each their own.
    changed.set(payment.orderId, { row: toRow(payment), isNew: !isFound.has(payment.orderId) });
  }

  return {
    paymentRequested(order: Order & { amountCents: number; currency: string; cardToken: string }) {
      // Where there is one already, it came of the same event, or of a cancellation that was here first, and stands.
      if (!payments.has(order.orderId)) set(requested(order));
    },
    orderConfirmed: ({ orderId }: Order) => set(confirmed(payments.get(orderId))),
    orderCancelled({ orderId }: Order) {
      // #region cancel-first
      // A cancellation may find nothing yet: it leaves a mark, and a request that comes later finds it. Where both come
      // at once to two replicas, neither finds anything. Saving tells the later one so, and it looks again.
      const earlier = payments.get(orderId);
      set(earlier === undefined ? cancelledFirst(orderId) : cancelled(earlier));
      // #endregion
    },
    refundRequested: ({ orderId }: Order) => set(refundRequested(payments.get(orderId))),
    async save() {
      if (changed.size > 0) await tx.save([...changed.values()]);
    },
  };
}
