/**
 * Use cases of the catalog service. A change is one database transaction: lock the product, ask product.ts what
 * becomes of it, save the result together with the event that tells the others. What readers keep of it goes after
 * the commit: before it, they would keep the old product again.
 */
import { httpErrors } from '@waymark/http/errors.ts';
import { Problem } from '@waymark/http/problem.ts';
import { changeProduct, type Product, type ProductChange } from './product.ts';
import type {
  CatalogQueries,
  CatalogStore,
  ListedProduct,
  ListPrices,
  ListProducts,
} from './store.ts';

export interface CatalogDeps {
  store: CatalogStore;
  /** Called after each change is committed. */
  changed(): Promise<void>;
}

type Check = (product: Product) => void;

export function createCatalog({ store, changed }: CatalogDeps) {
  return {
    /** One more than `limit`, to tell whether there is another page. */
    list(query: ListProducts): Promise<ListedProduct[]> {
      return store.listProducts(query);
    },

    /** Throws `not-found`. */
    async get(id: string): Promise<Product> {
      return found(await store.findProduct(id));
    },

    /** Newest first, one more than `limit`. Throws `not-found`. */
    async prices(query: ListPrices) {
      const { currency } = found(await store.findProduct(query.productId));
      return (await store.listPrices(query)).map((change) => ({ ...change, currency }));
    },

    /**
     * Throws `not-found`, and what `check` throws when it is shown the product that is to be changed. A change that
     * says nothing new is answered and announced to nobody.
     */
    async change(id: string, change: ProductChange, check: Check): Promise<Product> {
      const after = await store.transaction((tx) => changeIn(tx, id, { change, check }));
      await changed();
      return after;
    },
  };
}

async function changeIn(
  tx: CatalogQueries,
  id: string,
  { change, check }: { change: ProductChange; check: Check },
): Promise<Product> {
  // #region version-under-lock
  // The row is locked before it is read. Two changes that both read version 7 would both write 8, and of
  // two events with the same version every consumer drops the second: its price would stay wrong for ever.
  const product = found(await tx.findProductForUpdate(id));
  check(product);
  const [changed, events] = changeProduct(product, change);
  // #endregion
  if (events.length === 0) return product;
  await tx.saveProduct(changed);
  if (changed.priceCents !== product.priceCents) await tx.addPriceChanges([changed]);
  await tx.addToOutbox(events);
  return changed;
}

export type Catalog = ReturnType<typeof createCatalog>;

function found(product: Product | undefined): Product {
  if (product === undefined) throw new Problem(httpErrors['not-found']);
  return product;
}
