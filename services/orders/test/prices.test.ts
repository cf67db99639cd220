import { afterEach, expect, test } from '@jest/globals';
import { productChanged } from '@waymark/contracts/catalog.ts';
import { outgoing } from '@waymark/messaging/event.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { expectProblem, setup, type OrderAnswer, type World } from './setup.ts';

let world: World;
afterEach(() => world.stop());

function tent(priceCents: number, version: number) {
  const productId = 'ridge-tent';
  const data = { productId, name: 'Ridge Tent', priceCents, currency: 'EUR', version };
  return outgoing(productChanged, productId, data);
}

async function total(): Promise<number> {
  return (await world.place()).json<OrderAnswer>().totalCents;
}

test('a new price holds for new orders, and leaves earlier ones as they were', async () => {
  world = await setup();
  world.start();
  const earlier = await world.placed();
  await world.publish(tent(30_000, 2));
  await world.settled();
  expect(await total()).toBe(60_000);
  expect((await world.order(earlier)).totalCents).toBe(50_000);
});

test('an older price that comes late changes nothing', async () => {
  world = await setup();
  world.start();
  await world.publish(tent(40_000, 7), tent(30_000, 6), tent(99_999, 7));
  await world.settled();
  expect(await total()).toBe(80_000);
  await world.publish(tent(41_000, 8));
  await world.settled();
  expect(await total()).toBe(82_000);
});

test('the service is not ready before it has prices, and ready once they came', async () => {
  world = await setup({ prices: false });
  const ready = () => world.app.checks.prices?.();
  world.start();
  await expect(ready()).rejects.toThrow('no prices yet');
  expectProblem(await world.place(), 422, 'unknown-product');
  await world.publish(tent(25_000, 1));
  await eventually(ready);
  expect(await total()).toBe(50_000);
});

test('a replica is not ready while prices that it could know are still to be read', async () => {
  world = await setup();
  await world.publish(tent(30_000, 2));
  await expect(world.app.checks.prices?.()).rejects.toThrow('1 events of waymark.catalog behind');
  world.start();
  await eventually(() => world.app.checks.prices?.());
  expect(await total()).toBe(60_000);
});
