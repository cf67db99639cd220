import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { connectDatabase } from '@waymark/database/connect.ts';
import { openKeyValue } from '@waymark/storage/open.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createMetrics } from '@waymark/telemetry/metrics.ts';
import { createAnswers } from '../src/answers.ts';
import { createCache } from '../src/cache.ts';
import { createCatalog } from '../src/catalog.ts';
import {
  createStore,
  type CatalogSchema,
  type CatalogStore,
  type ListProducts,
} from '../src/store.ts';
import { v1 } from '../src/representations.ts';
import { setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

test('a stampede of 200 over two replicas makes one query of each kind', async () => {
  const db = connectDatabase<CatalogSchema>({ url: world.database.url, applicationName: 'test' });
  const store = createStore(db, () => undefined);
  const queries: string[] = [];
  const counted: CatalogStore = {
    ...store,
    listProducts(list) {
      queries.push('list');
      return store.listProducts(list);
    },
    findProduct(id) {
      queries.push(id);
      return store.findProduct(id);
    },
  };
  const keyValues = [1, 2].map(() =>
    openKeyValue({ url: world.broker.url, client: 'test', log: silentLog }),
  );
  const replicas = keyValues.map((keyValue) => {
    const cache = createCache({ keyValue, metrics: createMetrics('catalog'), log: silentLog });
    return createAnswers(createCatalog({ store: counted, changed: cache.changed }), cache);
  });
  const list: ListProducts = {
    sort: 'relevance',
    search: 'tent',
    category: undefined,
    after: undefined,
    limit: 20,
  };
  const asked = Array.from({ length: 100 }, () =>
    replicas.flatMap((answers) => [answers.list(v1, list), answers.product(v1, 'ridge-tent')]),
  );
  const texts = new Set((await Promise.all(asked.flat())).map(({ text }) => text));
  expect(texts.size).toBe(2);
  expect(queries.toSorted()).toEqual(['list', 'ridge-tent']);
  await Promise.all([...keyValues.map((keyValue) => keyValue.close()), db.destroy()]);
});

test('200 visitors at once, each with another search, are all served', async () => {
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      world.get(`/v1/products?search=tent%20or%20x${String(index)}`),
    ),
  );
  for (const answer of answers) expect(answer.body).toContain('Ridge Tent');
});
