import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

test('a new price reaches the event log once, as version 2', async () => {
  const heard = world.follow();
  await world.patch('ridge-tent', { priceCents: 19_900 });
  // Events of one product stay in order, so what comes before version 3 is all there was of version 2.
  await world.patch('ridge-tent', { priceCents: 20_000 });
  const ofTent = () => heard.filter(({ productId }) => productId === 'ridge-tent');
  await eventually(() => ofTent().some(({ version }) => version === 3));
  expect(ofTent()).toEqual(
    [25_000, 19_900, 20_000].map((priceCents, index) => ({
      productId: 'ridge-tent',
      name: 'Ridge Tent',
      priceCents,
      currency: 'EUR',
      version: index + 1,
    })),
  );
});

test('a change that says nothing new is answered as usual and announced to nobody', async () => {
  const heard = world.follow();
  const same = await world.patch('ridge-tent', { name: 'Ridge Tent', priceCents: 25_000 });
  expect(same.statusCode).toBe(200);
  await world.patch('ridge-tent', { priceCents: 20_000 });
  const ofTent = () => heard.filter(({ productId }) => productId === 'ridge-tent');
  await eventually(() => ofTent().some(({ priceCents }) => priceCents === 20_000));
  expect(ofTent().map(({ version }) => version)).toEqual([1, 2]);
});

test('a refused change is announced to nobody', async () => {
  const heard = world.follow();
  await world.patch('ridge-tent', { priceCents: -1 });
  await world.patch('ridge-tent', { priceCents: 20_000 });
  const ofTent = () => heard.filter(({ productId }) => productId === 'ridge-tent');
  await eventually(() => ofTent().some(({ priceCents }) => priceCents === 20_000));
  expect(ofTent().map(({ version }) => version)).toEqual([1, 2]);
});

test('20 changes at the same time get 20 different versions, and the last one is the price', async () => {
  const heard = world.follow();
  const prices = Array.from({ length: 20 }, (_, index) => 30_000 + index);
  const answers = await Promise.all(
    prices.map((priceCents) => world.patch('ridge-tent', { priceCents })),
  );
  expect(answers.map((answer) => answer.statusCode)).toEqual(prices.map(() => 200));
  const ofTent = () => heard.filter(({ productId }) => productId === 'ridge-tent');
  await eventually(() => ofTent().length === 21);
  expect(ofTent().map(({ version }) => version)).toEqual(
    Array.from({ length: 21 }, (_, index) => index + 1),
  );
  const { priceCents } = (await world.get('/v1/products/ridge-tent')).json<{
    priceCents: number;
  }>();
  expect(ofTent().at(-1)?.priceCents).toBe(priceCents);
});

test('a change and its event are one commit: without the event there is no change', async () => {
  await world.database.query('alter table outbox add constraint full_disk check (false) not valid');
  const answer = await world.patch('ridge-tent', { priceCents: 1 });
  expect(answer.statusCode).toBe(500);
  expect((await world.get('/v1/products/ridge-tent')).json()).toMatchObject({ priceCents: 25_000 });
});
