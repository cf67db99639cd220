/** SQL of the payments service, and nothing else. */
import type { Executor } from '@waymark/database/connect.ts';
import type { LogRecord } from '@waymark/messaging/event-log.ts';
import type { InboxTables } from '@waymark/messaging/handler.ts';
import { insertRows, type OutboxTables } from '@waymark/messaging/outbox.ts';
import { sql, type Generated, type Kysely } from 'kysely';
import { toPayment, type PaymentRow, type toRow } from './payment-row.ts';
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
  row: ReturnType<typeof toRow>;
  /** Nothing was found of it. */
  isNew?: boolean;
  transfer?: Transfer;
  news?: LogRecord[];
}

export function queriesOn(db: Executor<PaymentsSchema>) {
  return {
    /** Those that are there, locked in the order of their ids. */
    async findForUpdate(orderIds: string[]): Promise<Payment[]> {
      const { rows } = await sql<PaymentRow>`
        select * from payments where order_id = any(${orderIds}::uuid[])
        order by order_id for update`.execute(db);
      return rows.map(toPayment);
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
     * Saves new states, each due at once, in one statement. It inserts, so that each row is found by its key; an
     * update of several may read the whole table. A worker that has a payment in hand keeps its lease while the call
     * that it makes is still the one that the state asks for: where only a mark was left, and in `abandoning`. Throws
     * where one that is new is there all the same, by a transaction that nobody saw when this one looked.
     */
    async save(savings: Saving[]): Promise<void> {
      const added = savings.filter(({ isNew }) => isNew === true).map(({ row }) => row.order_id);
      const postings = savings.flatMap(({ row: { order_id: orderId }, transfer }) =>
        (transfer?.postings ?? []).map((posting) => ({ ...posting, orderId, id: transfer?.id })),
      );
      const sameCall = sql`(payments.state = excluded.state or excluded.state = 'abandoning')`;
      const { numAffectedRows } = await sql`
        with posted as (
          insert into postings (transfer_id, account, amount_cents, order_id)
          select id, account, "amountCents", "orderId"
          from jsonb_to_recordset(${JSON.stringify(postings)}::jsonb)
            as posting (id text, account text, "amountCents" bigint, "orderId" uuid)),
        announced as (${insertRows(savings.flatMap(({ news = [] }) => news))})
        insert into payments (order_id, amount_cents, currency, card_token, state, hold_number, hold_id,
          refund_requested, reason, traceparent)
        select order_id, amount_cents, currency, card_token, state, hold_number, hold_id,
          refund_requested, reason, traceparent
        from jsonb_populate_recordset(null::payments, ${JSON.stringify(savings.map(({ row }) => row))}::jsonb)
        order by order_id
        on conflict (order_id) do update set state = excluded.state, hold_number = excluded.hold_number,
          hold_id = excluded.hold_id, refund_requested = excluded.refund_requested, reason = excluded.reason,
          lease_until = case when ${sameCall} then payments.lease_until end,
          lease_token = case when ${sameCall} then payments.lease_token end,
          attempts = case when ${sameCall} then payments.attempts else 0 end,
          due_at = case when ${sameCall} then payments.due_at else now() end
        where payments.order_id <> all(${added}::uuid[])`.execute(db);
      if (numAffectedRows !== BigInt(savings.length))
        throw new Error('another transaction had news of the same payment first');
    },
  };
}
