/** SQL of the inventory service, and nothing else. */
import type { Executor } from '@waymark/database/connect.ts';
import type { LogRecord } from '@waymark/messaging/event-log.ts';
import type { InboxTables } from '@waymark/messaging/handler.ts';
import { insertRows, type OutboxTables } from '@waymark/messaging/outbox.ts';
import { sql, type Generated, type Kysely } from 'kysely';
import type { Outcome, Reservation, Stock } from './reservation.ts';

export interface InventorySchema extends InboxTables, OutboxTables {
  stock: { product_id: string; on_hand: number; reserved: Generated<number> };
  reservations: {
    order_id: string;
    state: Reservation['state'];
    lines: unknown;
    changed_at: Generated<Date>;
  };
  movements: {
    id: Generated<number>;
    product_id: string;
    delta: number;
    kind: 'count' | 'commit' | 'return';
    order_id: string | null;
    moved_at: Generated<Date>;
  };
}

export function createStore(db: Kysely<InventorySchema>) {
  return {
    ...queriesOn(db),
    transaction: <T>(work: (tx: InventoryQueries) => Promise<T>): Promise<T> =>
      db.transaction().execute((tx) => work(queriesOn(tx))),
  };
}

export type InventoryStore = ReturnType<typeof createStore>;
export type InventoryQueries = ReturnType<typeof queriesOn>;

export function queriesOn(db: Executor<InventorySchema>) {
  return {
    /** Adds those that are new, each with its first movement. */
    async addProducts(productIds: string[], onHand: number): Promise<void> {
      if (productIds.length === 0) return;
      await sql`
        with added as (
          insert into stock (product_id, on_hand)
          select product_id, ${onHand}::int from unnest(${productIds}::text[]) as product_id order by 1
          on conflict do nothing returning product_id, on_hand)
        insert into movements (product_id, delta, kind)
        select product_id, on_hand, 'count' from added`.execute(db);
    },

    async findStock(productId: string): Promise<Stock | undefined> {
      const query = db.selectFrom('stock').selectAll().where('product_id', '=', productId);
      const row = await query.executeTakeFirst();
      return row && { productId, onHand: row.on_hand, reserved: row.reserved };
    },

    /** Locks the products' rows in the order of their ids, until the transaction ends. */
    async lockStock(productIds: string[]): Promise<Stock[]> {
      if (productIds.length === 0) return [];
      const rows = await db
        .selectFrom('stock')
        .selectAll()
        .where('product_id', '=', sql<string>`any(${productIds})`)
        .orderBy('product_id')
        .forUpdate()
        .execute();
      return rows.map(({ product_id: productId, on_hand: onHand, reserved }) => ({
        productId,
        onHand,
        reserved,
      }));
    },

    /** Changes what is on hand by what a count has found, with the movement that explains it. */
    async addCount(productId: string, delta: number): Promise<void> {
      await sql`
        with counted as (
          update stock set on_hand = on_hand + ${delta} where product_id = ${productId})
        insert into movements (product_id, delta, kind) values (${productId}, ${delta}, 'count')`.execute(
        db,
      );
    },

    /**
     * Until the transaction ends. There may be no row yet that could be locked: without these, an order and its
     * cancellation could both find nothing and both go on.
     */
    async lockOrders(orderIds: string[]): Promise<void> {
      if (orderIds.length === 0) return;
      await sql`select pg_advisory_xact_lock(hashtextextended(id, 0))
        from unnest(${orderIds.toSorted()}::text[]) as id`.execute(db);
    },

    async findReservations(orderIds: string[]): Promise<Reservation[]> {
      if (orderIds.length === 0) return [];
      const { rows } = await sql<Reservation>`
        select order_id as "orderId", state, lines from reservations
        where order_id = any(${orderIds}::uuid[])`.execute(db);
      return rows;
    },

    /** Saves reservations with what they do to the stock, the movements and the news of them, in one statement. */
    async save(outcomes: Outcome[], news: LogRecord[]): Promise<void> {
      const latest = new Map(outcomes.map(({ reservation }) => [reservation.orderId, reservation]));
      const changes = outcomes.flatMap(({ reservation: { orderId }, ...outcome }) =>
        outcome.changes.map((change) => ({ orderId, ...change })),
      );
      await sql`
        with change as materialized (
          select * from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb)
            as change ("productId" text, "onHand" int, reserved int, kind text, "orderId" uuid)),
        saved as (
          insert into reservations (order_id, state, lines)
          select "orderId", state, lines from jsonb_to_recordset(${JSON.stringify([...latest.values()])}::jsonb)
            as reservation ("orderId" uuid, state text, lines jsonb)
          on conflict (order_id) do update set state = excluded.state, changed_at = now()),
        stocked as (
          update stock set on_hand = stock.on_hand + total.on_hand, reserved = stock.reserved + total.reserved
          from (select "productId", sum("onHand") as on_hand, sum(reserved) as reserved
            from change group by "productId") total
          where stock.product_id = total."productId"),
        moved as (
          insert into movements (product_id, delta, kind, order_id)
          select "productId", "onHand", kind, "orderId" from change where kind is not null)
        ${insertRows(news)}`.execute(db);
    },

    async hasStock(): Promise<boolean> {
      const row = await db.selectFrom('stock').select('product_id').limit(1).executeTakeFirst();
      return row !== undefined;
    },
  };
}
