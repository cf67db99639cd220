/** SQL of the catalog service, and nothing else. */
import type { Executor } from '@waymark/database/connect.ts';
import type { OutgoingEvent } from '@waymark/messaging/event.ts';
import { addToOutbox, type OutboxTables } from '@waymark/messaging/outbox.ts';
import { sql, type Kysely, type Selectable } from 'kysely';
import type { Product } from './product.ts';
import { isDescending, keyOf, type Position, type Sort } from './sort.ts';

interface ProductsTable {
  id: string;
  name: string;
  description: string;
  category: string;
  price_cents: number;
  currency: string;
  version: number;
}

export interface CatalogSchema extends OutboxTables {
  products: ProductsTable;
}

export interface ListProducts {
  sort: Sort;
  category: string | undefined;
  after: Position | undefined;
  limit: number;
}

export function createStore(db: Kysely<CatalogSchema>, wakeRelay: () => void) {
  return {
    ...queriesOn(db),
    async transaction<T>(work: (tx: CatalogQueries) => Promise<T>): Promise<T> {
      const result = await db.transaction().execute((tx) => work(queriesOn(tx)));
      wakeRelay();
      return result;
    },
    /** Throws while the database cannot be read. */
    async check(): Promise<void> {
      await db.selectFrom('products').select('id').limit(1).execute();
    },
  };
}

export type CatalogStore = ReturnType<typeof createStore>;
type CatalogQueries = ReturnType<typeof queriesOn>;

function queriesOn(db: Executor<CatalogSchema>) {
  return {
    /** One more than `limit`, to tell whether there is another page. */
    async listProducts({ sort, category, after, limit }: ListProducts): Promise<Product[]> {
      const column = keyOf(sort) === 'name' ? 'name' : 'price_cents';
      const direction = isDescending(sort) ? 'desc' : 'asc';
      const beyond = sql.raw(isDescending(sort) ? '<' : '>');
      let query = db.selectFrom('products').selectAll();
      if (category !== undefined) query = query.where('category', '=', category);
      if (after !== undefined) {
        query = query.where(
          sql<boolean>`(${sql.ref(column)}, id) ${beyond} (${after.key}, ${after.id})`,
        );
      }
      const ordered = query
        .orderBy(column, direction)
        .orderBy('id', direction)
        .limit(limit + 1);
      return (await ordered.execute()).map(toProduct);
    },

    async findProduct(id: string): Promise<Product | undefined> {
      const query = db.selectFrom('products').selectAll().where('id', '=', id);
      const row = await query.executeTakeFirst();
      return row && toProduct(row);
    },

    async findProductForUpdate(id: string): Promise<Product | undefined> {
      const query = db.selectFrom('products').selectAll().where('id', '=', id).forUpdate();
      const row = await query.executeTakeFirst();
      return row && toProduct(row);
    },

    async saveProduct(product: Product): Promise<void> {
      const { id, ...columns } = toRow(product);
      await db.updateTable('products').set(columns).where('id', '=', id).execute();
    },

    /** Returns the ids of those that were not there; the others stay as they are. */
    async insertMissing(products: Product[]): Promise<string[]> {
      if (products.length === 0) return [];
      const rows = await db
        .insertInto('products')
        .values(products.map(toRow))
        .onConflict((conflict) => conflict.column('id').doNothing())
        .returning('id')
        .execute();
      return rows.map((row) => row.id);
    },

    addToOutbox(events: OutgoingEvent[]): Promise<void> {
      return addToOutbox(db, 'catalog', events);
    },
  };
}

function toRow({ priceCents, ...product }: Product): ProductsTable {
  return { ...product, price_cents: priceCents };
}

function toProduct({ price_cents, ...row }: Selectable<ProductsTable>): Product {
  return { ...row, priceCents: price_cents };
}
