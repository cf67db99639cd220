/**
 * Seeding: the products that the shop opens with. Each start adds those that are missing and announces them,
 * in one transaction, so a death half-way leaves nothing, and the next start does it all. What is there already
 * is left alone, since staff may have changed it.
 */
import { readFile } from 'node:fs/promises';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { newProduct, seedProduct, type SeedProduct } from './product.ts';
import type { CatalogStore } from './store.ts';

/** One insert takes them all: 7 columns each, of the 65,535 parameters that a statement can have. */
const seedFile = Type.Array(seedProduct, { minItems: 1, maxItems: 5000 });

/** Throws where the file is not a list of products. */
export async function readSeed(file: URL): Promise<SeedProduct[]> {
  return Value.Parse(seedFile, JSON.parse(await readFile(file, 'utf8')));
}

/** Returns how many products were added. */
export async function seedCatalog(store: CatalogStore, seed: SeedProduct[]): Promise<number> {
  // #region seed-by-two
  // Two replicas may start at once. An insert that meets a row of the other's open transaction waits for its
  // commit and then leaves the row to it, so each product is inserted, and announced, by exactly one of them.
  // Both insert in the order of the ids: in different orders, as during a deployment that reorders the file,
  // each could hold what the other waits for.
  const products = seed
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((product) => newProduct(product));
  return store.transaction(async (tx) => {
    const added = new Set(await tx.insertMissing(products.map(([product]) => product)));
    await tx.addPriceChanges(
      products.flatMap(([product]) => (added.has(product.id) ? product : [])),
    );
    const events = products.flatMap(([{ id }, news]) => (added.has(id) ? news : []));
    await tx.addToOutbox(events);
    return added.size;
  });
  // #endregion
}
