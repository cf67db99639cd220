/** SQL of the inventory service, and nothing else. */
import type { Executor } from '@waymark/database/connect.ts';
import type { InboxTables } from '@waymark/messaging/handler.ts';
import { insertRows, toRows, type OutboxTables } from '@waymark/messaging/outbox.ts';
import { sql, type Generated, type Kysely } from 'kysely';
import type { Line, Outcome, Reservation, Stock, StockChange } from './reservation.ts';

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
    /** Adds a product that is new, with its first movement. */
    async addProduct(productId: string, onHand: number): Promise<void> {
      await sql`
        with added as (
          insert into stock (product_id, on_hand) values (${productId}, ${onHand})
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

    async findReservation(orderId: string): Promise<Reservation | undefined> {
      const row = await db
        .selectFrom('reservations')
        .selectAll()
        .where('order_id', '=', orderId)
        .executeTakeFirst();
      return row && { orderId, state: row.state, lines: row.lines as Line[] };
    },

    /** What the orders have reserved, as far as is known. */
    async findReservedLines(orderIds: string[]): Promise<Line[]> {
      if (orderIds.length === 0) return [];
      const { rows } = await sql<{ lines: Line[] }>`
        select lines from reservations where order_id = any(${orderIds})`.execute(db);
      return rows.flatMap(({ lines }) => lines);
    },

    /** Saves a reservation with what it does to the stock, the movements and the news of it, in one statement. */
    async save({ reservation, changes, events }: Outcome): Promise<void> {
      const { orderId, state, lines } = reservation;
      const column = <Name extends keyof StockChange>(name: Name) =>
        changes.map((change) => change[name] ?? null);
      await sql`
        with change as (
          select * from unnest(${column('productId')}::text[], ${column('onHand')}::int[],
              ${column('reserved')}::int[], ${column('kind')}::text[])
            as change (product_id, on_hand, reserved, kind)),
        saved as (
          insert into reservations (order_id, state, lines)
          values (${orderId}, ${state}, ${JSON.stringify(lines)})
          on conflict (order_id) do update set state = excluded.state, changed_at = now()),
        stocked as (
          update stock set on_hand = stock.on_hand + change.on_hand,
            reserved = stock.reserved + change.reserved
          from change where stock.product_id = change.product_id),
        moved as (
          insert into movements (product_id, delta, kind, order_id)
          select product_id, on_hand, kind, ${orderId}::uuid from change where kind is not null)
        ${insertRows(toRows('inventory', events))}`.execute(db);
    },

    async hasStock(): Promise<boolean> {
      const row = await db.selectFrom('stock').select('product_id').limit(1).executeTakeFirst();
      return row !== undefined;
    },
  };
}
