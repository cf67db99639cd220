import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { expectProblem, news, setup, type OrderAnswer, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

test('a placed order is cancelled at its customer’s request, and the others are told once', async () => {
  world.start();
  const id = await world.placed();
  const first = await world.cancel(id);
  expect(first.statusCode).toBe(200);
  expect(first.json()).toMatchObject({ id, state: 'cancelled', reason: 'customer-request' });
  const second = await world.cancel(id);
  expect([second.statusCode, second.body]).toEqual([200, first.body]);
  expect(await world.order(id)).toEqual(first.json());
  await world.settled();
  expect(await world.published(id)).toEqual(['order-placed', 'order-cancelled']);
});

test('an order that waits for its payment can still be cancelled', async () => {
  world.start();
  const id = await world.placed();
  await world.publish(news.reserved(id));
  await world.told(id, 'payment-requested');
  // To its customer it is still just placed.
  expect((await world.order(id)).state).toBe('placed');
  expect((await world.cancel(id)).json()).toMatchObject({ state: 'cancelled' });
});

test('a confirmed order cannot be cancelled any more', async () => {
  world.start();
  const id = await world.placed();
  await world.confirm(id);
  expectProblem(await world.cancel(id), 409, 'already-confirmed');
  await world.settled();
  expect((await world.order(id)).state).toBe('confirmed');
  expect(await world.published(id)).not.toContain('order-cancelled');
});

test('ten cancellations at once cancel once', async () => {
  const id = await world.placed();
  const answers = await Promise.all(Array.from({ length: 10 }, () => world.cancel(id)));
  expect(new Set(answers.map((answer) => answer.statusCode))).toEqual(new Set([200]));
  const events = await world.database.query(
    `select 1 from outbox where headers->>'ce_type' = 'waymark.orders.order-cancelled.v1'`,
  );
  expect(events).toHaveLength(1);
});

test('where a cancellation and the authorisation race, one of them wins and the events agree', async () => {
  world.start();
  const ids = await Promise.all(Array.from({ length: 12 }, () => world.placed()));
  await world.publish(...ids.map(news.reserved));
  await Promise.all(ids.map((id) => world.told(id, 'payment-requested')));

  const authorised = world.publish(...ids.map(news.authorised));
  const answers = [];
  for (const id of ids) answers.push(await world.cancel(id));
  await authorised;
  await world.settled();

  for (const [index, id] of ids.entries()) {
    const { state } = await world.order(id);
    const answer = answers[index];
    const [, , ...decided] = await world.published(id);
    if (answer?.statusCode === 200) {
      expect(answer.json<OrderAnswer>().state).toBe('cancelled');
      expect({ state, decided }).toEqual({ state: 'cancelled', decided: ['order-cancelled'] });
    } else {
      expect(answer?.statusCode).toBe(409);
      expect({ state, decided }).toEqual({ state: 'confirmed', decided: ['order-confirmed'] });
    }
  }
});

test('who has seen an order is told when its state has changed, and can cancel only what was seen', async () => {
  world.start();
  const id = await world.placed();
  const read = (tag: string) =>
    world.app.server.inject({
      url: `/v1/orders/${id}`,
      headers: { authorization: world.ada, 'if-none-match': tag },
    });
  const tag = String((await world.get(`/v1/orders/${id}`)).headers.etag);
  expect([(await read(tag)).statusCode, (await read(tag)).body]).toEqual([304, '']);
  await world.confirm(id);
  expect((await read(tag)).json()).toMatchObject({ state: 'confirmed' });
  expectProblem(await world.cancel(id, undefined, { 'if-match': tag }), 412, 'precondition-failed');
  const other = await world.placed();
  expect((await world.cancel(other, undefined, { 'if-match': tag })).statusCode).toBe(200);
});
