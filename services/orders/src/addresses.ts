/**
 * Where orders go to, sealed (packages/envelope): the one thing here that says who a customer is. It is opened only to
 * tell whether a repeated request is the same; the saga, the lists and the events never see it. Whoever is erased
 * leaves orders that can be counted and audited, and addresses that nobody can read.
 */
import type { Part } from '@waymark/lifecycle/app.ts';
import { createLoop } from '@waymark/lifecycle/loop.ts';
import type { DataKeyRow, DataKeys } from '@waymark/envelope/data-keys.ts';
import { open, seal } from '@waymark/envelope/seal.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import type { StoredAddress } from './address-store.ts';
import type { ShipTo } from './order.ts';
import type { OrdersStore } from './store.ts';

export type Addresses = ReturnType<typeof createAddresses>;

const CLEAR_BATCH = 50;
/** Only an older replica, while it is being replaced, still writes addresses that are clear. */
const CLEAR_INTERVAL_MS = 60_000;

export function createAddresses(dataKeys: DataKeys) {
  return {
    /** `row` is the customer's data key where it was read already. */
    async seal(of: { id: string; customerId: string }, shipTo: ShipTo, row?: DataKeyRow) {
      const { id, customerId } = of;
      const key = await (row === undefined ? dataKeys.get(customerId) : dataKeys.unwrap(row));
      return seal(key, placeOf(id), shipTo);
    },

    /** Undefined where the customer was erased. */
    async open(id: string, stored: StoredAddress, row?: DataKeyRow): Promise<ShipTo | undefined> {
      if (stored.sealed === null) return stored.clear;
      if (row === undefined) return undefined;
      return open(await dataKeys.unwrap(row), placeOf(id), stored.sealed) as ShipTo | undefined;
    },
  };
}

function placeOf(orderId: string) {
  return { table: 'orders', column: 'ship_to', row: orderId };
}

/** Seals the addresses of orders that came before any were; each batch is a transaction of its own. */
export function createSealing(store: OrdersStore, addresses: Addresses, log: Log): Part {
  return createLoop({
    name: 'sealing of addresses',
    intervalMs: CLEAR_INTERVAL_MS,
    log,
    runOnce: () =>
      store.transaction(async (tx) => {
        const orders = await tx.findClearForUpdate(CLEAR_BATCH);
        for (const order of orders)
          await tx.saveSealed(order.id, await addresses.seal(order, order.shipTo));
        return orders.length === CLEAR_BATCH;
      }),
  });
}
