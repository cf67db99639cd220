/** SQL of the addresses that orders go to; part of store.ts. */
import type { Executor } from '@waymark/database/connect.ts';
import type { ShipTo } from './order.ts';
import { toOrder, type OrderRow } from './order-row.ts';

interface AddressTables {
  orders: OrderRow;
}

/** Clear where it is not sealed. */
export interface StoredAddress {
  sealed: Buffer | null;
  clear: ShipTo;
}

export function addressQueries(db: Executor<AddressTables>) {
  return {
    /** Orders whose address is not sealed. */
    async findClearForUpdate(limit: number) {
      const rows = await db
        .selectFrom('orders')
        .select(['id', 'customer_id', 'ship_to'])
        .where('ship_to', 'is not', null)
        .limit(limit)
        .forUpdate()
        .skipLocked()
        .execute();
      return rows.map(({ id, customer_id: customerId, ship_to: shipTo }) => {
        return { id, customerId, shipTo: shipTo as ShipTo };
      });
    },

    async saveSealed(id: string, ship_to_sealed: Buffer): Promise<void> {
      await db
        .updateTable('orders')
        .set({ ship_to_sealed, ship_to: null, request_hash: null })
        .where('id', '=', id)
        .execute();
    },
  };
}

/** What a repetition of the order's request is compared with. */
export async function findWithAddress(db: Executor<AddressTables>, id: string) {
  const query = db.selectFrom('orders').selectAll().where('id', '=', id);
  const row = await query.executeTakeFirstOrThrow();
  const shipTo: StoredAddress = { sealed: row.ship_to_sealed, clear: row.ship_to as ShipTo };
  return { order: toOrder(row), shipTo };
}
