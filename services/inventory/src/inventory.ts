/**
 * Use cases of the inventory service. Handling an event is one transaction that the inbox opened: the event's
 * id, the stock, the reservation and the answer in the outbox commit together or not at all.
 */
import { Problem } from '@waymark/http/problem.ts';
import { httpErrors } from '@waymark/http/errors.ts';
import { errors } from './errors.ts';
import type { Line, Stock } from './reservation.ts';
import type { InventoryQueries, InventoryStore } from './store.ts';
import { createWork } from './work.ts';

export interface InventoryDeps {
  store: InventoryStore;
  /** Pieces on hand when a product is first heard of. */
  initialStock: number;
}

export function createInventory({ store, initialStock }: InventoryDeps) {
  return {
    /**
     * What the events of one transaction do: all locks are taken and all is read before the first of them changes
     * anything, and what they changed is saved together.
     */
    async open(
      tx: InventoryQueries,
      events: { productIds: string[]; orderIds: string[]; placed: Line[] },
    ) {
      // #region lock-order
      // First the orders, then the products, each in the order of their ids and by everyone, so two transactions
      // for the same two products cannot each hold the one that the other waits for. An order that waits here
      // for one that is being released sees what came back: the row is read again once its lock is free.
      // Products are added before orders of the same transaction ask for them.
      await tx.lockOrders(events.orderIds);
      await tx.addProducts(events.productIds, initialStock);
      const found = await tx.findReservations(events.orderIds);
      const lines = [...events.placed, ...found.flatMap((reservation) => reservation.lines)];
      const stock = await tx.lockStock([...new Set(lines.map(({ productId }) => productId))]);
      // #endregion
      return createWork(tx, { reservations: found, stock });
    },

    /** Throws `not-found`. */
    async getStock(productId: string): Promise<Stock> {
      return known(await store.findStock(productId));
    },

    /**
     * Sets what a count of the shelf has found. Throws `not-found`, `below-reserved`, and what `check` throws when it is
     * shown the stock that is to be changed.
     */
    async setStock(
      productId: string,
      onHand: number,
      check: (stock: Stock) => void,
    ): Promise<Stock> {
      return store.transaction(async (tx) => {
        const stock = known((await tx.lockStock([productId]))[0]);
        check(stock);
        if (onHand < stock.reserved) {
          throw new Problem(errors['below-reserved'], undefined, { reserved: stock.reserved });
        }
        await tx.addCount(productId, onHand - stock.onHand);
        return { ...stock, onHand };
      });
    },
  };
}

export type Inventory = ReturnType<typeof createInventory>;

function known(stock: Stock | undefined): Stock {
  if (stock === undefined) throw new Problem(httpErrors['not-found']);
  return stock;
}
