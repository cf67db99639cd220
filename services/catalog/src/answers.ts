/**
 * What the catalog answers to reads, as JSON text with its ETag: made once, checked when it comes back from the cache,
 * and sent as it is. Keeping objects instead would parse and serialise every page again for each visitor.
 */
import { tagOf } from '@waymark/http/conditional.ts';
import { pageOf } from '@waymark/http/page.ts';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Cache } from './cache.ts';
import type { Catalog } from './catalog.ts';
import type { Product } from './product.ts';
import { v1, v2, type Representation } from './representations.ts';
import { digestOf } from './search.ts';
import { positionOf } from './sort.ts';
import type { ListProducts } from './store.ts';

export function tagOfProduct({ version }: Representation, product: Product): string {
  return tagOf(version, product.version);
}

export interface Answer {
  tag: string;
  text: string;
}

export function createAnswers(catalog: Catalog, cache: Cache) {
  const checks = new Map(
    [v1, v2].map(({ version, schemas }) => [
      version,
      { isProduct: checkText(schemas.product), isPage: checkText(schemas.products) },
    ]),
  );

  return {
    async list(as: Representation, query: ListProducts): Promise<Answer> {
      const { sort, category, search, after, limit } = query;
      const kept = await cache.read({
        key: JSON.stringify([as.version, sort, category, search, after?.key, after?.id, limit]),
        isAnswer: (text) => checks.get(as.version)?.isPage(text) === true,
        async load() {
          const rows = await catalog.list(query);
          const page = pageOf(rows, limit, (product) => positionOf(sort, search, product));
          const text = JSON.stringify({ ...page, items: page.items.map(as.toProduct) });
          return pack({ tag: tagOf(digestOf(text)), text });
        },
      });
      return unpack(kept);
    },

    /** Throws `not-found`. */
    async product(as: Representation, id: string): Promise<Answer> {
      const kept = await cache.read({
        key: JSON.stringify([as.version, id]),
        isAnswer: (text) => checks.get(as.version)?.isProduct(text) === true,
        async load() {
          const product = await catalog.get(id);
          const text = JSON.stringify(as.toProduct(product));
          return pack({ tag: tagOfProduct(as, product), text });
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
