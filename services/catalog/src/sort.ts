/**
 * The orders in which products can be listed, as an allow-list: each has an index, and an order without one
 * would let any visitor make the database sort everything. Ties are broken by id, in the same direction, so
 * that every product has exactly one place and one index serves an order and its reverse.
 */
import { productId } from '@waymark/contracts/fields.ts';
import { Problem } from '@waymark/http/problem.ts';
import { Type } from 'typebox';
import { errors } from './errors.ts';
import { changeable, type Product } from './product.ts';

const sorts = ['name', '-name', 'priceCents', '-priceCents'] as const;
export type Sort = (typeof sorts)[number];

/** A place in a sorted list: right behind the product that has this key and id, or had when the page was read. */
export interface Position {
  key: string | number;
  id: string;
}

/** Throws `unknown-sort`. */
export function checkSort(asked: string): Sort {
  const sort = sorts.find((known) => known === asked);
  if (sort === undefined) {
    const detail = `Products can be sorted by ${sorts.join(', ')}.`;
    throw new Problem(errors['unknown-sort'], detail, { allowed: sorts });
  }
  return sort;
}

export function keyOf(sort: Sort): 'name' | 'priceCents' {
  return sort === 'name' || sort === '-name' ? 'name' : 'priceCents';
}

export function isDescending(sort: Sort): boolean {
  return sort.startsWith('-');
}

// #region cursor-names-its-sort
// A cursor is a position within one order. Under another it would not fail but lie: "behind 19900" means
// nothing in a list by name, and behind "Tin Mug" lie other products in the reverse list than in the forward
// one. So it carries the name of its sort, and this schema lets no other in.
export function positionSchema(sort: Sort) {
  return Type.Object(
    {
      sort: Type.Literal(sort),
      key: keyOf(sort) === 'name' ? changeable.name : changeable.priceCents,
      id: productId,
    },
    { additionalProperties: false },
  );
}
// #endregion

export function positionOf(sort: Sort, product: Product): Position & { sort: Sort } {
  return { sort, key: product[keyOf(sort)], id: product.id };
}
