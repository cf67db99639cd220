/** SQL of the orders service, and nothing else. */
import { recordAct, runOn, type Act } from '@waymark/database/audit-trail.ts';
import type { Executor } from '@waymark/database/connect.ts';
import type { DataKeyRow, DataKeyTables } from '@waymark/envelope/data-keys.ts';
import type { OutgoingEvent } from '@waymark/messaging/event.ts';
import type { LogRecord } from '@waymark/messaging/event-log.ts';
import type { InboxTables } from '@waymark/messaging/handler.ts';
import { insertRows, toRows, type OutboxTables } from '@waymark/messaging/outbox.ts';
import { sql, type Generated, type Kysely } from 'kysely';
import { addressQueries, findWithAddress } from './address-store.ts';
import type { Order, OrderState, Price } from './order.ts';
import { progressColumns, toOrder, type OrderRow } from './order-row.ts';

export interface OrdersSchema extends InboxTables, OutboxTables, DataKeyTables {
  orders: OrderRow & { changed_at: Generated<Date> };
  prices: { product_id: string; price_cents: number; currency: string; version: number };
}

interface Placing {
  idempotencyKey: string;
  /** Sealed. */
  shipTo: Buffer;
  events: OutgoingEvent[];
}

export interface OrderPage {
  after: { placedAt: number; id: string } | undefined;
  limit: number;
}

interface Key {
  customerId: string;
  idempotencyKey: string;
}

export function createStore(db: Kysely<OrdersSchema>, wakeRelay: () => void) {
  return {
    ...queriesOn(db),
    async transaction<T>(work: (tx: OrdersQueries) => Promise<T>): Promise<T> {
      const result = await db.transaction().execute((tx) => work(queriesOn(tx)));
      wakeRelay();
      return result;
    },

    /** False where the key has an order already, or one that is being placed right now. */
    async insertOrder(
      { customerId, lines, ...order }: Order,
      { idempotencyKey, shipTo, events }: Placing,
    ): Promise<boolean> {
      const rows = toRows('orders', events);
      // #region outbox-same-transaction
      // The order and the news of it are one statement, and so one commit. Publishing here instead would announce
      // orders that a rollback then unmakes; publishing after the commit would lose the news if the process
      // dies between. As one statement it also is one trip to the server in place of five.
      const result = await sql<{ placed: boolean }>`
        with key as materialized (
          select pg_try_advisory_xact_lock(hashtextextended(${`${customerId} ${idempotencyKey}`}, 0)) as free),
        placed as (
          insert into orders (id, customer_id, idempotency_key, state, lines, total_cents,
            currency, card_token, ship_to_sealed, placed_at, deadline_at)
          select ${order.id}::uuid, ${customerId}, ${idempotencyKey}, ${order.progress.state},
            ${JSON.stringify(lines)}::jsonb, ${order.totalCents}::bigint, ${order.currency},
            ${order.cardToken}, ${shipTo}::bytea, ${order.placedAt}::timestamptz,
            ${order.deadlineAt}::timestamptz
          from key where free on conflict (customer_id, idempotency_key) do nothing returning id),
        announced as (
          ${insertRows(rows)} where exists (select from placed))
        select exists (select from placed) as placed`.execute(db);
      // #endregion
      wakeRelay();
      return result.rows[0]?.placed ?? false;
    },
  };
}

export type OrdersStore = ReturnType<typeof createStore>;
export type OrdersQueries = ReturnType<typeof queriesOn>;

export function queriesOn(db: Executor<OrdersSchema>) {
  return {
    ...addressQueries(db),

    // #region only-index
    // The key is asked for as a range, in its order, for which only its own index will do. Asked for as equal, before
    // the table is first analysed, it was looked for among all orders of the customer, which cost a shop that had just
    // opened two thirds of its intake.
    /** Reads what placing an order needs, in one round trip. */
    async lookUp({ customerId, idempotencyKey }: Key, productIds: string[]) {
      const { rows } = await sql<
        { prices: Price[]; earlier: string | null } & Nullable<DataKeyRow>
      >`
        select data_key.*,
          (select coalesce(json_agg(json_build_object('productId', product_id, 'priceCents', price_cents,
              'currency', currency)), '[]') from prices where product_id = any(${productIds})) as prices,
          (select id from orders
            where customer_id = ${customerId} and idempotency_key between ${idempotencyKey} and ${idempotencyKey}
            order by idempotency_key limit 1) as earlier
        from (values (1)) one left join data_keys data_key on data_key.subject = ${customerId}
      `.execute(db);
      const { prices = [], earlier = null, ...dataKey } = rows[0] ?? {};
      return {
        prices,
        earlier: earlier === null ? undefined : await findWithAddress(db, earlier),
        dataKey: isThere(dataKey) ? dataKey : undefined,
      };
    },
    // #endregion

    async findOrder(id: string): Promise<Order | undefined> {
      const query = db.selectFrom('orders').selectAll().where('id', '=', id);
      const row = await query.executeTakeFirst();
      return row && toOrder(row);
    },

    /** Those that are there, locked in the order of their ids. */
    async findOrdersForUpdate(ids: string[]): Promise<Order[]> {
      if (ids.length === 0) return [];
      const { rows } = await sql<OrderRow>`
        select * from orders where id = any(${ids}::uuid[]) order by id for update`.execute(db);
      return rows.map(toOrder);
    },

    async findOverdueForUpdate(now: Date, limit: number): Promise<Order[]> {
      const rows = await db
        .selectFrom('orders')
        .selectAll()
        .where('state', 'in', ['placed', 'awaiting-payment'])
        .where('deadline_at', '<', now)
        .orderBy('deadline_at')
        .limit(limit)
        .forUpdate()
        .skipLocked()
        .execute();
      return rows.map(toOrder);
    },

    /** Newest first; one more than `limit`, to tell whether there is another page. */
    async listOrders(customerId: string, { after, limit }: OrderPage): Promise<Order[]> {
      let query = db.selectFrom('orders').selectAll().where('customer_id', '=', customerId);
      if (after !== undefined) {
        query = query.where(
          sql<boolean>`(placed_at, id) < (${new Date(after.placedAt)}::timestamptz, ${after.id}::uuid)`,
        );
      }
      const ordered = query
        .orderBy('placed_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1);
      return (await ordered.execute()).map(toOrder);
    },

    /** Saves new states together with the news of them, in one statement. Their ids are said twice: a join alone
     *  would be planned as for a hundred orders, and read the whole table. */
    async saveDecisions(decided: Pick<Order, 'id' | 'progress'>[], news: LogRecord[]) {
      const ids = decided.map(({ id }) => id);
      const rows = decided.map(({ id, progress }) => ({ id, ...progressColumns(progress) }));
      await sql`
        with announced as (${insertRows(news)})
        update orders set state = decided.state, cancel_reason = decided.cancel_reason,
          refund_reason = decided.refund_reason, refund_requested_at = decided.refund_requested_at,
          refund_key = decided.refund_key, changed_at = now()
        from jsonb_populate_recordset(null::orders, ${JSON.stringify(rows)}::jsonb) decided
        where orders.id = decided.id and orders.id = any(${ids}::uuid[])`.execute(db);
    },

    /** Keeps the newest version of each, in whatever order they come. */
    async savePrices(prices: (Price & { version: number })[]): Promise<void> {
      await sql`
        insert into prices (product_id, price_cents, currency, version)
        select "productId", "priceCents", currency, version
        from jsonb_to_recordset(${JSON.stringify(prices)}::jsonb)
          as price ("productId" text, "priceCents" bigint, currency text, version int)
        order by 1
        on conflict (product_id) do update set price_cents = excluded.price_cents,
          currency = excluded.currency, version = excluded.version
        where prices.version < excluded.version`.execute(db);
    },

    /** Whether more orders than this wait for a decision that is due before then. */
    async hasUndecided(due: { moreThan: number; deadlineBefore: Date }): Promise<boolean> {
      const { rows } = await sql<{ there: boolean }>`
        select exists (select from orders
          where state in ('placed', 'awaiting-payment') and deadline_at < ${due.deadlineBefore}
          order by deadline_at offset ${due.moreThan}) as there`.execute(db);
      return rows[0]?.there ?? false;
    },

    /** Orders that wait for a decision, by state, counted up to 10,000. Decided ones are not counted: there
     *  will be millions, and the index holds only these. */
    async countUndecided(): Promise<{ state: OrderState['state']; orders: number }[]> {
      const { rows } = await sql<{ state: OrderState['state']; orders: number }>`
        select state, count(*) as orders from (
          select state from orders where state in ('placed', 'awaiting-payment') limit 10000) undecided
        group by state`.execute(db);
      return rows;
    },

    async hasPrices(): Promise<boolean> {
      return (await db.selectFrom('prices').select('product_id').limit(1).execute()).length > 0;
    },

    recordAct: (act: Act, now: Date): Promise<void> => recordAct(runOn(db), act, now),
  };
}

type Nullable<Row> = { [Column in keyof Row]: Row[Column] | null };

/** The columns of a left join are all null where there is no row. */
function isThere(row: Partial<Nullable<DataKeyRow>>): row is DataKeyRow {
  return typeof row.id === 'string';
}
