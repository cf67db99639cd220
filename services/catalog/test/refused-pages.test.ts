import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { encodeCursor } from '@waymark/http/page.ts';
import { setup, sorts, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

/** The answer to each query, as `status code`, beside the query that got it. */
async function answersTo(queries: string[]): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const query of queries) {
    const answer = await world.get(`/v1/products?${query}`);
    const { code = 'ok' } = answer.json<{ code?: string }>();
    answers[query] = `${String(answer.statusCode)} ${code}`;
  }
  return answers;
}

function allOf(queries: string[], answer: string): Record<string, string> {
  return Object.fromEntries(queries.map((query) => [query, answer]));
}

test('an unknown sort is refused with the list of the known ones', async () => {
  const unknown = ['price', '', 'NAME', '+name', '--name', 'name,-priceCents', '__proto__'];
  for (const sort of unknown) {
    const answer = await world.get(`/v1/products?sort=${encodeURIComponent(sort)}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'unknown-sort', allowed: sorts });
  }
});

test('parameters that are unknown, out of range, twice there or unstorable are refused', async () => {
  const queries = [
    'limit=0',
    'limit=101',
    'limit=-1',
    'limit=ten',
    'limit=1&limit=2',
    'limit=99999999999999999999',
    'sort=name&sort=-name',
    'category=',
    'category=%00',
    `category=${'x'.repeat(65)}`,
    'cursor=',
    `cursor=${'x'.repeat(513)}`,
    'search=',
    'search=te%00nt',
    `search=${'x'.repeat(201)}`,
    `search=${'tent '.repeat(2000)}`,
    'search=tent&search=bag',
    'offset=20',
    '__proto__=x',
  ];
  expect(await answersTo(queries)).toEqual(allOf(queries, '400 invalid-request'));
});

test('a limit of 1 and one of 100 are in range', async () => {
  const queries = ['limit=1', 'limit=100'];
  expect(await answersTo(queries)).toEqual(allOf(queries, '200 ok'));
});

test('a cursor that we never gave out is refused', async () => {
  const byName = [
    null,
    ['name', 'Tin Mug', 'tin-mug'],
    { sort: 'name', id: 'tin-mug' },
    { sort: 'name', key: 'a\0', id: 'tin-mug' },
    { sort: 'name', key: 'a', id: 'tin\0' },
    { sort: 'name', key: 5, id: 'tin-mug' },
    { sort: 'name', key: 'a', id: 'tin-mug', or: true },
  ].map((position) => `cursor=${encodeCursor(position)}`);
  const byPrice = [1e300, 1.5, -1, 10 ** 12, '1250']
    .map((key) => encodeCursor({ sort: 'priceCents', key, id: 'tin-mug' }))
    .map((cursor) => `sort=priceCents&cursor=${cursor}`);
  const queries = ['cursor=%25', 'cursor=%00', 'cursor=bm9wZQ', ...byName, ...byPrice];
  expect(await answersTo(queries)).toEqual(allOf(queries, '400 invalid-cursor'));
});

test('a cursor goes on under its own sort and is refused under every other', async () => {
  for (const sort of sorts) {
    const { nextCursor } = (await world.get(`/v1/products?limit=1&sort=${sort}`)).json<{
      nextCursor: string | null;
    }>();
    const under = (other: string) => `sort=${other}&cursor=${nextCursor ?? ''}`;
    const others = sorts.filter((name) => name !== sort).map(under);
    expect(await answersTo([under(sort), ...others])).toEqual({
      ...allOf(others, '400 invalid-cursor'),
      [under(sort)]: '200 ok',
    });
  }
});
