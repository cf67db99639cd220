/**
 * What the catalog answers to reads, as JSON text: made once, checked when it comes back from the cache, and sent
 * as it is. Keeping objects instead would parse and serialise every page again for each visitor.
 */
import { currency, productId } from '@waymark/contracts/fields.ts';
import { nextCursor, pageOf } from '@waymark/http/page.ts';
import { Type, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Cache } from './cache.ts';
import type { Catalog } from './catalog.ts';
import type { Product } from './product.ts';
import { positionOf } from './sort.ts';
import type { ListProducts } from './store.ts';

export const productAnswer = Type.Object(
  {
    id: productId,
    name: Type.String(),
    description: Type.String(),
    category: Type.String(),
    priceCents: Type.Integer({ description: 'Of one piece, now.' }),
    currency,
  },
  { title: 'Product' },
);

export const productPage = Type.Object(
  { items: Type.Array(productAnswer), nextCursor },
  { title: 'ProductPage' },
);

export function toAnswer({ id, name, description, category, priceCents, currency }: Product) {
  return { id, name, description, category, priceCents, currency };
}

export function createAnswers(catalog: Catalog, cache: Cache) {
  const isProduct = checkText(productAnswer);
  const isPage = checkText(productPage);

  return {
    list(query: ListProducts): Promise<string> {
      const { sort, category, search, after, limit } = query;
      return cache.read({
        key: JSON.stringify(['list', sort, category, search, after?.key, after?.id, limit]),
        isAnswer: isPage,
        async load() {
          const rows = await catalog.list(query);
          const page = pageOf(rows, limit, (product) => positionOf(sort, search, product));
          return JSON.stringify({ ...page, items: page.items.map(toAnswer) });
        },
      });
    },

    /** Throws `not-found`. */
    product(id: string): Promise<string> {
      return cache.read({
        key: JSON.stringify(['product', id]),
        isAnswer: isProduct,
        load: async () => JSON.stringify(toAnswer(await catalog.get(id))),
      });
    },
  };
}

export type Answers = ReturnType<typeof createAnswers>;

function checkText(schema: TSchema): (text: string) => boolean {
  const compiled = Compile(schema);
  return (text) => {
    try {
      return compiled.Check(JSON.parse(text));
    } catch {
      return false;
    }
  };
}
