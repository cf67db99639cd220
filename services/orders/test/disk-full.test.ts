/** What a customer gets while the disk of the database is full. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithDocker } from '@waymark/testing/docker.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { startPostgres, type PostgresContainer } from '@waymark/testing/postgres-container.ts';
import { body, expectProblem, setup, type Answer, type World } from './setup.ts';

/** At a kilobyte each, more than the pages that are there already have room for. */
const MOST_ORDERS = 2000;

describeWithDocker('orders on a full disk', () => {
  const usual = process.env.TEST_POSTGRES_URL;
  let postgres: PostgresContainer;
  let world: World;

  beforeAll(async () => {
    postgres = await startPostgres();
    process.env.TEST_POSTGRES_URL = postgres.url;
    world = await setup();
  }, 60_000);

  afterAll(async () => {
    process.env.TEST_POSTGRES_URL = usual;
    await world.stop();
    await postgres.stop();
  });

  test('an order is refused as unavailable, nothing of it is kept, and the same submit is accepted once there is room', async () => {
    await postgres.fillDisk();
    const keyOf = (index: number) => `order-number-${String(index)}-on-a-full-disk`;
    let accepted = 0;
    let refusal: Answer | undefined;
    while (refusal === undefined && accepted < MOST_ORDERS) {
      const answer = await world.place(body, keyOf(accepted));
      if (answer.statusCode === 201) accepted += 1;
      else refusal = answer;
    }
    if (refusal === undefined) throw new Error('the disk was not full');
    expectProblem(refusal, 503, 'unavailable');
    const [kept] = await world.database.query(
      `select (select count(*)::int from orders) as orders, (select count(*)::int from outbox) as events`,
    );
    expect(kept).toEqual({ orders: accepted, events: accepted });

    await postgres.freeDisk();
    await eventually(async () => (await world.place(body, keyOf(accepted))).statusCode === 201);
  }, 60_000);
});
