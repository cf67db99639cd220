/** SQL of the inventory service, and nothing else. */
import type { Executor } from '@waymark/database/connect.ts';
import type { OutgoingEvent } from '@waymark/messaging/event.ts';
import type { InboxTables } from '@waymark/messaging/handler.ts';
import { addToOutbox, type OutboxTables } from '@waymark/messaging/outbox.ts';
import { sql, type Generated, type Kysely } from 'kysely';
import type { Line, Reservation, Stock, StockChange } from './reservation.ts';

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

export interface Movement {
  productId: string;
  delta: number;
  kind: 'count' | 'commit' | 'return';
  orderId?: string;
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

    async changeStock({ productId, onHand, reserved }: StockChange): Promise<void> {
      await db
        .updateTable('stock')
        .set((eb) => ({
          on_hand: eb('on_hand', '+', onHand),
          reserved: eb('reserved', '+', reserved),
        }))
        .where('product_id', '=', productId)
        .execute();
    },

    async addMovement({ productId, delta, kind, orderId }: Movement): Promise<void> {
      const row = { product_id: productId, delta, kind, order_id: orderId ?? null };
      await db.insertInto('movements').values(row).execute();
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

    async saveReservation({ orderId, state, lines }: Reservation): Promise<void> {
      await db
        .insertInto('reservations')
        .values({ order_id: orderId, state, lines: JSON.stringify(lines) })
        .onConflict((conflict) =>
          conflict.column('order_id').doUpdateSet({ state, changed_at: sql<Date>`now()` }),
        )
        .execute();
    },

    async hasStock(): Promise<boolean> {
      const row = await db.selectFrom('stock').select('product_id').limit(1).executeTakeFirst();
      return row !== undefined;
    },

    addToOutbox: (events: OutgoingEvent[]): Promise<void> => addToOutbox(db, 'inventory', events),
  };
}
