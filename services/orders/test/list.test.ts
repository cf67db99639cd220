import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { setup, type OrderAnswer, type World } from './setup.ts';

interface Page {
  items: OrderAnswer[];
  nextCursor: string | null;
}

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

/** Places orders one after another, `apartMs` between them, and returns their ids, the newest first. */
async function placeMany(count: number, apartMs: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    world.time.now = new Date(world.time.now.getTime() + apartMs);
    ids.unshift(await world.placed());
  }
  return ids;
}

/** Follows the cursors to the end; `between` runs after each page. */
async function walk(limit: number, between: () => Promise<unknown> = async () => undefined) {
  const pages: string[][] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const position: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const answer = await world.get(`/v1/orders?limit=${String(limit)}${position}`);
    expect(answer.statusCode).toBe(200);
    const page = answer.json<Page>();
    pages.push(page.items.map(({ id }) => id));
    cursor = page.nextCursor;
    const link = String(answer.headers.link);
    expect(link.endsWith(`cursor=${String(cursor)}>; rel="next"`)).toBe(cursor !== null);
    await between();
  }
  return pages;
}

test('who has placed nothing gets an empty list', async () => {
  expect((await world.get('/v1/orders')).json()).toEqual({ items: [], nextCursor: null });
});

test('a list shows each order as its own address does', async () => {
  const [cancelled = '', placed = ''] = await placeMany(2, 1000);
  await world.cancel(cancelled);
  const { items } = (await world.get('/v1/orders')).json<Page>();
  expect(items).toEqual([await world.order(cancelled), await world.order(placed)]);
  expect(items[0]).toMatchObject({ state: 'cancelled', reason: 'customer-request' });
});

test('a list holds the caller’s own orders only', async () => {
  const [mine] = await placeMany(1, 0);
  const bob = await world.issuer.bearer('bob', 'orders:read orders:write');
  const theirs = (await world.place(undefined, 'bobs-key', { authorization: bob })).json<Page>();
  expect((await walk(10)).flat()).toEqual([mine]);
  expect((await world.get('/v1/orders', bob)).json<Page>().items).toEqual([theirs]);
});

test('pages go from the newest order to the oldest, and the last one says so', async () => {
  const ids = await placeMany(7, 1);
  expect(await walk(3)).toEqual([ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]);
});

test('a page that ends with the last order has no next', async () => {
  const ids = await placeMany(4, 1);
  expect(await walk(2)).toEqual([ids.slice(0, 2), ids.slice(2)]);
});

test('orders of the same instant are all there, each once', async () => {
  const ids = await placeMany(7, 0);
  const walked = (await walk(2)).flat();
  expect(walked.toSorted()).toEqual(ids.toSorted());
});

test('a walk is complete and without repeats while new orders come in', async () => {
  const ids = await placeMany(9, 1);
  const walked = await walk(2, () => placeMany(1, 1));
  expect(walked.flat()).toEqual(ids);
});

test('a page holds twenty orders where none asks for more', async () => {
  await placeMany(21, 1);
  const page = (await world.get('/v1/orders')).json<Page>();
  expect(page.items).toHaveLength(20);
  expect(page.nextCursor).not.toBeNull();
});
