/** SQL of the catalog service, and nothing else. */
import type { Executor } from '@waymark/database/connect.ts';
import type { OutgoingEvent } from '@waymark/messaging/event.ts';
import { addToOutbox, type OutboxTables } from '@waymark/messaging/outbox.ts';
import { sql, type ColumnType, type Kysely, type RawBuilder, type Selectable } from 'kysely';
import type { Product } from './product.ts';
import { findHalfTyped } from './search.ts';
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

interface PriceChangesTable {
  product_id: string;
  version: number;
  price_cents: number;
  changed_at: ColumnType<Date, never, never>;
}

export interface CatalogSchema extends OutboxTables {
  products: ProductsTable;
  price_changes: PriceChangesTable;
}

const productColumns = [
  'id',
  'name',
  'description',
  'category',
  'price_cents',
  'currency',
  'version',
] as const;

export interface ListProducts {
  sort: Sort;
  category: string | undefined;
  search: string | undefined;
  after: Position | undefined;
  limit: number;
}

export interface ListedProduct extends Product {
  /** How well it fits the search; 0 where there is none. */
  rank: number;
}

export interface ListPrices {
  productId: string;
  beforeVersion: number | undefined;
  limit: number;
}

export interface PriceChange {
  version: number;
  priceCents: number;
  changedAt: Date;
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
export type CatalogQueries = ReturnType<typeof queriesOn>;

function queriesOn(db: Executor<CatalogSchema>) {
  return {
    /** One more than `limit`, to tell whether there is another page. */
    async listProducts(list: ListProducts): Promise<ListedProduct[]> {
      const { sort, category, search, after, limit } = list;
      const wanted = search === undefined ? undefined : tsquery(search);
      const rank = wanted === undefined ? sql<number>`0` : rankOf(wanted);
      const key = { name: sql.ref('name'), priceCents: sql.ref('price_cents'), rank }[keyOf(sort)];
      const direction = isDescending(sort) ? 'desc' : 'asc';
      const beyond = sql.raw(isDescending(sort) ? '<' : '>');
      let query = db.selectFrom('products').select(productColumns).select(rank.as('rank'));
      if (category !== undefined) query = query.where('category', '=', category);
      if (wanted !== undefined) query = query.where(sql<boolean>`search @@ ${wanted}`);
      if (after !== undefined) {
        query = query.where(sql<boolean>`(${key}, id) ${beyond} (${after.key}, ${after.id})`);
      }
      const ordered = query
        .orderBy(key, direction)
        .orderBy('id', direction)
        .limit(limit + 1);
      return (await ordered.execute()).map(({ rank, ...row }) => ({ ...toProduct(row), rank }));
    },

    /** Newest first, one more than `limit`. */
    async listPrices({ productId, beforeVersion, limit }: ListPrices): Promise<PriceChange[]> {
      let query = db
        .selectFrom('price_changes')
        .select(['version', 'price_cents as priceCents', 'changed_at as changedAt'])
        .where('product_id', '=', productId);
      if (beforeVersion !== undefined) query = query.where('version', '<', beforeVersion);
      return query
        .orderBy('version', 'desc')
        .limit(limit + 1)
        .execute();
    },

    async addPriceChanges(products: Product[]): Promise<void> {
      if (products.length === 0) return;
      const rows = products.map(({ id, version, priceCents }) => ({
        product_id: id,
        version,
        price_cents: priceCents,
      }));
      await db.insertInto('price_changes').values(rows).execute();
    },

    async findProduct(id: string): Promise<Product | undefined> {
      const query = db.selectFrom('products').select(productColumns).where('id', '=', id);
      const row = await query.executeTakeFirst();
      return row && toProduct(row);
    },

    async findProductForUpdate(id: string): Promise<Product | undefined> {
      const query = db
        .selectFrom('products')
        .select(productColumns)
        .where('id', '=', id)
        .forUpdate();
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

// #region last-word-half-typed
// The text as a web search, or what begins like its last word after the others: `ridge te` finds the tent while
// it is being typed. The text alone decides whether there is anything to look for. Without the `case`, an
// article, which the search leaves out, would turn from nothing into everything that begins with `the`.
function tsquery(asked: string): RawBuilder<unknown> {
  // As the texts are in the index.
  const search = asked.toLowerCase();
  const words = sql`websearch_to_tsquery('english', ${search})`;
  const halfTyped = findHalfTyped(search);
  if (halfTyped === undefined) return words;
  const before = sql`websearch_to_tsquery('english', ${halfTyped.before})`;
  const beginning = sql`(${before} && to_tsquery('simple', ${halfTyped.prefix}))`;
  return sql`(case when numnode(${words}) = 0 then ${words} else ${words} || ${beginning} end)`;
}
// #endregion

/** In double precision, whose text a cursor can carry both ways without a loss. */
function rankOf(wanted: RawBuilder<unknown>): RawBuilder<number> {
  return sql<number>`ts_rank(search, ${wanted})::float8`;
}

function toRow({ priceCents, ...product }: Product): ProductsTable {
  return { ...product, price_cents: priceCents };
}

function toProduct({ price_cents, ...row }: Selectable<ProductsTable>): Product {
  return { ...row, priceCents: price_cents };
}
