/** Walks through the pages of a list, as a visitor would. */
import { expect } from '@jest/globals';
import type { World } from './setup.ts';

export interface Item {
  id: string;
  name: string;
  category: string;
  priceCents: number;
}

interface PageOf<T> {
  items: T[];
  nextCursor: string | null;
}
export type Page = PageOf<Item>;

/** Follows the cursors to the end; `between` runs after each page. */
export async function walk(
  world: World,
  query: string,
  between: () => Promise<unknown> = async () => undefined,
): Promise<Item[]> {
  return walkAt<Item>(world, `/v1/products?${query}`, between);
}

export async function walkAt<T>(
  world: World,
  address: string,
  between: () => Promise<unknown> = async () => undefined,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const position: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const answer = await world.get(`${address}${position}`);
    expect(answer.statusCode).toBe(200);
    const page = answer.json<PageOf<T>>();
    items.push(...page.items);
    cursor = page.nextCursor;
    const link = String(answer.headers.link);
    expect(link.includes(`cursor=${String(cursor)}>; rel="next"`)).toBe(cursor !== null);
    await between();
  }
  return items;
}
