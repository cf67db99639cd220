import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { randomUUID } from 'node:crypto';
import { openLine, type Line } from '@waymark/testing/line.ts';
import {
  body,
  expectProblem,
  news,
  setup,
  type Answer,
  type OrderAnswer,
  type World,
} from './setup.ts';

let world: World;
let line: Line | undefined;
beforeEach(async () => {
  world = await setup();
});
afterEach(async () => {
  await line?.cut();
  line = undefined;
  await world.stop();
});

/** The answers of every route of an app, each within `withinMs`. */
async function askAll(app: World['app'], withinMs: number): Promise<Answer[]> {
  const headers = { authorization: world.ada };
  const startedAt = performance.now();
  const answers = await Promise.all([
    world.place(body, randomUUID(), { to: app }),
    app.server.inject({ url: '/v1/orders', headers }),
    app.server.inject({ url: `/v1/orders/${randomUUID()}`, headers }),
    app.server.inject({ method: 'POST', url: `/v1/orders/${randomUUID()}/cancel`, headers }),
  ]);
  expect(performance.now() - startedAt).toBeLessThan(withinMs);
  return answers;
}

function expectUnavailable(answers: Answer[]): void {
  for (const answer of answers) {
    expectProblem(answer, 503, 'unavailable');
    expect(answer.headers['retry-after']).toBe('1');
  }
}

test('where nothing listens in the place of the database, callers are told so at once', async () => {
  const databaseUrl = `postgres://nobody@127.0.0.1:${String(await freePort())}/nowhere`;
  expectUnavailable(await askAll(world.build({ databaseUrl }), 3000));
});

test('a database that is silent from the start keeps callers waiting 3 seconds at most', async () => {
  line = await openLine(world.database.url);
  line.silence();
  expectUnavailable(await askAll(world.build({ databaseUrl: line.url }), 3000));
});

test('the same submit is accepted when the database is back', async () => {
  line = await openLine(world.database.url);
  const app = world.build({ databaseUrl: line.url });
  const key = randomUUID();
  const submit = () => world.place(body, key, { to: app });
  const before = await world.place(body, randomUUID(), { to: app });
  expect(before.statusCode).toBe(201);
  await line.cut();
  expectUnavailable(await askAll(app, 3000));
  expectUnavailable([await submit()]);
  await line.mend();
  expect((await submit()).statusCode).toBe(201);
});

test('connections that the server ends are replaced, and no order is lost over it', async () => {
  world.start();
  const id = await world.placed();
  await world.told(id, 'order-placed');
  await world.database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`,
  );
  await world.publish(news.reserved(id));
  await world.told(id, 'payment-requested');
});

test('orders are accepted while the event log is down, and told when it is back', async () => {
  line = await openLine(world.broker.url);
  const app = world.build({ eventLogUrl: line.url });
  await line.cut();
  world.start(app);
  const ids: string[] = [];
  for (let index = 0; index < 3; index += 1) {
    const answer = await world.place(body, randomUUID(), { to: app });
    expect(answer.statusCode).toBe(201);
    ids.push(answer.json<OrderAnswer>().id);
  }
  const [first = ''] = ids;
  await world.publish(news.reserved(first));
  expect(await world.published(first)).toEqual([]);

  await line.mend();
  for (const id of ids) await world.told(id, 'order-placed');
  // The inbox is back too.
  await world.told(first, 'payment-requested');
  await world.settled();
  expect(await world.published(first)).toEqual(['order-placed', 'payment-requested']);
});

test('an event waits for the database as long as that is away', async () => {
  line = await openLine(world.database.url);
  const app = world.build({ databaseUrl: line.url });
  const id = (await world.place(body, randomUUID(), { to: app })).json<OrderAnswer>().id;
  await line.cut();
  world.start(app);
  await world.publish(news.reserved(id));
  expectUnavailable(await askAll(app, 3000));
  await line.mend();
  await eventually(async () => {
    expect(await world.published(id)).toEqual(['order-placed', 'payment-requested']);
  });
  expect(await world.database.query('select reason from dead_letters')).toEqual([]);
});
