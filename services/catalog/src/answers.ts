/**
 * What the catalog answers to reads, as JSON text with its ETag: made once, checked when it comes back from the cache,
 * and sent as it is. Keeping objects instead would parse and serialise every page again for each visitor.
 */
import { currency, productId } from '@waymark/contracts/fields.ts';
import { tagOf } from '@waymark/http/conditional.ts';
import { nextCursor, pageOf } from '@waymark/http/page.ts';
import { Type, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Cache } from './cache.ts';
import type { Catalog } from './catalog.ts';
import type { Product } from './product.ts';
import { digestOf } from './search.ts';
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

export function tagOfProduct({ version }: Product): string {
  return tagOf(version);
}

export interface Answer {
  tag: string;
  text: string;
}

export function createAnswers(catalog: Catalog, cache: Cache) {
  const isProduct = checkText(productAnswer);
  const isPage = checkText(productPage);

  return {
    async list(query: ListProducts): Promise<Answer> {
      const { sort, category, search, after, limit } = query;
      const kept = await cache.read({
        key: JSON.stringify(['list', sort, category, search, after?.key, after?.id, limit]),
        isAnswer: isPage,
        async load() {
          const rows = await catalog.list(query);
          const page = pageOf(rows, limit, (product) => positionOf(sort, search, product));
          const text = JSON.stringify({ ...page, items: page.items.map(toAnswer) });
          return pack({ tag: tagOf(digestOf(text)), text });
        },
      });
      return unpack(kept);
    },

    /** Throws `not-found`. */
    async product(id: string): Promise<Answer> {
      const kept = await cache.read({
        key: JSON.stringify(['product', id]),
        isAnswer: isProduct,
        async load() {
          const product = await catalog.get(id);
          return pack({ tag: tagOfProduct(product), text: JSON.stringify(toAnswer(product)) });
        },
      });
      return unpack(kept);
    },
  };
}

export type Answers = ReturnType<typeof createAnswers>;

/** One text for the cache: the tag's line, and the JSON, which has no line breaks. */
function pack({ tag, text }: Answer): string {
  return `${tag}\n${text}`;
}

function unpack(kept: string): Answer {
  const [tag = '', text = ''] = kept.split('\n');
  return { tag, text };
}

function checkText(schema: TSchema): (kept: string) => boolean {
  const compiled = Compile(schema);
  return (kept) => {
    const { tag, text } = unpack(kept);
    try {
      return /^"[\w-]+"$/.test(tag) && compiled.Check(JSON.parse(text));
    } catch {
      return false;
    }
  };
}
