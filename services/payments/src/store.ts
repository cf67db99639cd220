/** SQL of the payments service, and nothing else. */
import type { Executor } from '@waymark/database/connect.ts';
import type { LogRecord } from '@waymark/messaging/event-log.ts';
import type { InboxTables } from '@waymark/messaging/handler.ts';
import { insertRows, type OutboxTables } from '@waymark/messaging/outbox.ts';
import { sql, type Generated, type Kysely } from 'kysely';
import { toPayment, toRow, type PaymentRow } from './payment-row.ts';
import {
  calls,
  isPending,
  type Payment,
  type PendingState,
  type Posting,
  type Transfer,
} from './payment.ts';

export interface PaymentsSchema extends InboxTables, OutboxTables {
  payments: PaymentRow & { due_at: Generated<Date>; attempts: Generated<number> };
  postings: {
    transfer_id: string;
    account: Posting['account'];
    amount_cents: number;
    order_id: string;
    posted_at: Generated<Date>;
  };
}

/** The token is of whoever has the payment in hand. */
export interface Lease {
  orderId: string;
  leaseToken: string;
}

/** A payment that calls for work, leased to whoever holds the token. */
export interface Claim {
  payment: Payment & { state: PendingState };
  leaseToken: string;
  attempts: number;
  traceparent: string | undefined;
}

/** In the text itself: a plan that is kept cannot use the index of pending payments where they come as values. */
const pendingStates = sql.join(Object.keys(calls).map((state) => sql.lit(state)));

export function createStore(db: Kysely<PaymentsSchema>) {
  return {
    transaction: <T>(work: (tx: PaymentsQueries) => Promise<T>): Promise<T> =>
      db.transaction().execute((tx) => work(queriesOn(tx))),

    /** Leases up to `limit` payments that are due. The database's clock decides, since replicas' clocks differ. */
    async claimDue(limit: number, leaseSeconds: number, leaseToken: string): Promise<Claim[]> {
      const { rows } = await sql<PaymentRow & { attempts: number }>`
        with due as materialized (
          select order_id from payments
          where state in (${pendingStates}) and due_at <= now()
            and (lease_until is null or lease_until < now())
          order by due_at limit ${limit} for update skip locked)
        update payments set lease_token = ${leaseToken}, attempts = attempts + 1,
          lease_until = now() + make_interval(secs => ${leaseSeconds})
        from due where payments.order_id = due.order_id
        returning payments.*`.execute(db);
      return rows.flatMap((row) => {
        const payment = toPayment(row);
        const { state } = payment;
        if (!isPending(state)) return [];
        const traceparent = row.traceparent ?? undefined;
        return [
          { payment: { ...payment, state }, leaseToken, attempts: row.attempts, traceparent },
        ];
      });
    },

    /** Gives the lease back; the payment is due again after the pause. */
    async postpone(orderId: string, leaseToken: string, pauseMs: number): Promise<void> {
      await sql`update payments set lease_until = null, lease_token = null,
          due_at = now() + make_interval(secs => ${pauseMs / 1000})
        where order_id = ${orderId} and lease_token = ${leaseToken}`.execute(db);
    },

    /** Payments that call for work, by state, with the most attempts that one of them has had; of the 10,000
     *  that are due first, so that an outage's backlog does not make it slow. */
    async countPending(): Promise<{ state: PendingState; payments: number; attempts: number }[]> {
      const { rows } = await sql<{ state: PendingState; payments: number; attempts: number }>`
        select state, count(*) as payments, max(attempts) as attempts from (
          select state, attempts from payments where state in (${pendingStates})
          order by due_at limit 10000) pending
        group by state`.execute(db);
      return rows;
    },

    async check(): Promise<void> {
      await sql`select 1`.execute(db);
    },
  };
}

export type PaymentsStore = ReturnType<typeof createStore>;
export type PaymentsQueries = ReturnType<typeof queriesOn>;

/** A payment's new state, with what is to be in the books because of it, and the news of it. */
export interface Saving {
  payment: Payment;
  transfer?: Transfer;
  rows?: LogRecord[];
}

export function queriesOn(db: Executor<PaymentsSchema>) {
  return {
    /**
     * False, and nothing done, where the order has a payment. Of a request and a cancellation that arrive at once,
     * neither of which finds a row to lock, the later waits here for the earlier, and then knows of it.
     */
    async add(payment: Payment): Promise<boolean> {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('payments')
        .values(toRow(payment))
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow();
      return numInsertedOrUpdatedRows === 1n;
    },

    async findForUpdate(orderId: string): Promise<Payment | undefined> {
      const query = db.selectFrom('payments').selectAll().where('order_id', '=', orderId);
      const row = await query.forUpdate().executeTakeFirst();
      return row && toPayment(row);
    },

    /** Those that are still under the lease, locked in the order of their ids, as the inbox does with its events. */
    async findLeasedForUpdate(leases: Lease[]): Promise<(Payment & Lease)[]> {
      const ids = leases.map(({ orderId }) => orderId);
      const tokens = leases.map(({ leaseToken }) => leaseToken);
      const { rows } = await sql<PaymentRow & { lease_token: string }>`
        select * from payments
        where (order_id, lease_token) in (select * from unnest(${ids}::uuid[], ${tokens}::uuid[]))
        order by order_id for update`.execute(db);
      return rows.map((row) => ({ ...toPayment(row), leaseToken: row.lease_token }));
    },

    /**
     * Saves new states of payments that are there, each due at once, in one statement. It inserts, so that each row is
     * found by its key; an update of several may read the whole table. A worker that has a payment in hand keeps its
     * lease while the call that it makes is still the one that the state asks for: where only a mark was left, and in
     * `abandoning`.
     */
    async save(...savings: Saving[]): Promise<void> {
      const postings = savings.flatMap(({ payment: { orderId }, transfer }) =>
        (transfer?.postings ?? []).map((posting) => ({ ...posting, orderId, id: transfer?.id })),
      );
      const sameCall = sql`(payments.state = excluded.state or excluded.state = 'abandoning')`;
      await db
        .with(
          'posted',
          () => sql<object>`
            (insert into postings (transfer_id, account, amount_cents, order_id)
              select id, account, "amountCents", "orderId"
              from jsonb_to_recordset(${JSON.stringify(postings)}::jsonb)
                as posting (id text, account text, "amountCents" bigint, "orderId" uuid))`,
        )
        .with(
          'announced',
          () => sql<object>`(${insertRows(savings.flatMap(({ rows = [] }) => rows))})`,
        )
        .insertInto('payments')
        .values(savings.map(({ payment }) => toRow(payment)))
        .onConflict((conflict) =>
          conflict.column('order_id').doUpdateSet((eb) => ({
            state: eb.ref('excluded.state'),
            hold_number: eb.ref('excluded.hold_number'),
            hold_id: eb.ref('excluded.hold_id'),
            refund_requested: eb.ref('excluded.refund_requested'),
            reason: eb.ref('excluded.reason'),
            lease_until: sql`case when ${sameCall} then payments.lease_until end`,
            lease_token: sql`case when ${sameCall} then payments.lease_token end`,
            attempts: sql`case when ${sameCall} then payments.attempts else 0 end`,
            due_at: sql`case when ${sameCall} then payments.due_at else now() end`,
          })),
        )
        .execute();
    },
  };
}
