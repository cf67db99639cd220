/**
 * Use cases of the catalog service. A change is one database transaction: lock the product, ask product.ts what
 * becomes of it, save the result together with the event that tells the others.
 */
import { httpErrors } from '@waymark/http/errors.ts';
import { Problem } from '@waymark/http/problem.ts';
import { changeProduct, type Product, type ProductChange } from './product.ts';
import type { CatalogStore, ListProducts } from './store.ts';

export function createCatalog(store: CatalogStore) {
  return {
    /** One more than `limit`, to tell whether there is another page. */
    list(query: ListProducts): Promise<Product[]> {
      return store.listProducts(query);
    },

    /** Throws `not-found`. */
    async get(id: string): Promise<Product> {
      return found(await store.findProduct(id));
    },

    /** Throws `not-found`. A change that says nothing new is answered and announced to nobody. */
    async change(id: string, change: ProductChange): Promise<Product> {
      return store.transaction(async (tx) => {
        // #region version-under-lock
        // The row is locked before it is read. Two changes that both read version 7 would both write 8, and of
        // two events with the same version every consumer drops the second: its price would stay wrong for ever.
        const product = found(await tx.findProductForUpdate(id));
        const [changed, events] = changeProduct(product, change);
        // #endregion
        if (events.length === 0) return product;
        await tx.saveProduct(changed);
        await tx.addToOutbox(events);
        return changed;
      });
    },
  };
}

export type Catalog = ReturnType<typeof createCatalog>;

function found(product: Product | undefined): Product {
  if (product === undefined) throw new Problem(httpErrors['not-found']);
  return product;
}
