/**
 * The orders in which products can be listed, as an allow-list: each has an index, and an order without one
 * would let any visitor make the database sort everything. Ties are broken by id, in the same direction, so
 * that every product has exactly one place and one index serves an order and its reverse. Only the order by
 * relevance has no index: it exists within a search, which has narrowed the list by then.
 */
import { productId } from '@waymark/contracts/fields.ts';
import { Problem } from '@waymark/http/problem.ts';
import { Type } from 'typebox';
import { errors } from './errors.ts';
import { changeable, type Product } from './product.ts';
import { digestOf } from './search.ts';

export type Sort = 'name' | '-name' | 'priceCents' | '-priceCents' | 'relevance';

/** A place in a sorted list: right behind the product that has this key and id, or had when the page was read. */
export interface Position {
  key: string | number;
  id: string;
}

type Sortable = Pick<Product, 'id' | 'name' | 'priceCents'> & { rank: number };

/** By the names that clients know; without one the first that the list has. Throws `unknown-sort`. */
export function checkSort(
  names: Readonly<Record<string, Sort>>,
  asked: string | undefined,
  search: string | undefined,
): Sort {
  const known = new Map<string, Sort>(search === undefined ? [] : [['relevance', 'relevance']]);
  for (const [name, sort] of Object.entries(names)) known.set(name, sort);
  const allowed = [...known.keys()];
  const sort = known.get(asked ?? allowed[0] ?? '');
  if (sort === undefined) {
    const detail = `Products can be sorted by ${allowed.join(', ')}.`;
    throw new Problem(errors['unknown-sort'], detail, { allowed });
  }
  return sort;
}

export function keyOf(sort: Sort): 'name' | 'priceCents' | 'rank' {
  if (sort === 'relevance') return 'rank';
  return sort === 'name' || sort === '-name' ? 'name' : 'priceCents';
}

export function isDescending(sort: Sort): boolean {
  return sort === 'relevance' || sort.startsWith('-');
}

// #region cursor-names-its-sort
// A cursor is a position within one order. Under another it would not fail but lie: "behind 19900" means
// nothing in a list by name, and behind "Tin Mug" lie other products in the reverse list than in the forward
// one. So it carries the name of its sort, and this schema lets no other in. A rank says how well a product
// fits one search and nothing about the next, so the order by relevance is named together with its search.
export function positionSchema(sort: Sort, search: string | undefined) {
  const keys = { ...changeable, rank: Type.Number({ minimum: 0, maximum: 10 }) };
  return Type.Object(
    {
      sort: Type.Literal(orderName(sort, search)),
      key: keys[keyOf(sort)],
      id: productId,
    },
    { additionalProperties: false },
  );
}
// #endregion

export function positionOf(sort: Sort, search: string | undefined, product: Sortable) {
  return { sort: orderName(sort, search), key: product[keyOf(sort)], id: product.id };
}

function orderName(sort: Sort, search: string | undefined): string {
  return sort === 'relevance' ? `${sort} ${digestOf(search ?? '')}` : sort;
}
