import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ORDER_ID, problem } from './graph.ts';
import { setup, type World } from './setup.ts';

let world: World;
let stream: ServerResponse | undefined;
beforeEach(() => start());
afterEach(() => world.stop());

async function start(deadlines: { deadlineMs?: number; arrivalMs?: number } = {}): Promise<void> {
  stream = undefined;
  world = await setup(deadlines);
  world.behaviours.notifications = (_, answer) => {
    answer.writeHead(200, { 'content-type': 'text/event-stream' });
    answer.write('retry: 1000\n\n');
    stream = answer;
  };
}

function send(text: string): void {
  if (stream === undefined) throw new Error('the gateway has opened no stream');
  stream.write(text);
}

function step(id: string, name: string, state?: string): string {
  const data = { orderId: ORDER_ID, step: name, state, at: '2026-03-01T10:00:00.000Z' };
  return `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

interface Followed {
  answer: IncomingMessage;
  results: { data?: { orderUpdates: object | null }; errors?: { extensions: object }[] }[];
  completed(): boolean;
}

/** Reads as a client of GraphQL over server-sent events does. */
async function follow(variables: object = {}): Promise<Followed> {
  const query = `subscription($after: String) {
    orderUpdates(id: "${ORDER_ID}", after: $after) { id step state } }`;
  const answer = await world.open('/graphql', {
    method: 'POST',
    headers: {
      authorization: world.ada,
      accept: 'text/event-stream',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ query, variables }),
  });
  let text = '';
  const results: Followed['results'] = [];
  answer.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    const all = [...text.matchAll(/^data: (.+)$/gm)].map(([, data = '']) => data);
    results.splice(
      0,
      Infinity,
      ...all.map((data) => JSON.parse(data) as Followed['results'][number]),
    );
  });
  answer.on('error', () => undefined);
  return { answer, results, completed: () => text.includes('event: complete') };
}

const update = (id: string, name: string, state: string | null = null) => ({
  data: { orderUpdates: { id, step: name, state } },
});

test('every step comes as it happens, also in pieces, and heartbeats are not steps', async () => {
  const { answer, results } = await follow();
  expect(answer.headers['content-type']).toMatch('text/event-stream');
  expect(answer.headers.connection).toBe('close');
  send(step('1', 'order-placed', 'placed'));
  await eventually(() => results.length === 1);
  const text = step('2', 'stock-reserved');
  send(`: heartbeat\n\n${text.slice(0, 20)}`);
  send(text.slice(20) + step('3', 'order-confirmed', 'confirmed'));
  await eventually(() => results.length === 3);
  expect(results).toEqual([
    update('1', 'order-placed', 'PLACED'),
    update('2', 'stock-reserved'),
    update('3', 'order-confirmed', 'CONFIRMED'),
  ]);
  answer.destroy();
});

test('a follower resumes after the last id that it has', async () => {
  const { answer } = await follow({ after: '41' });
  expect(world.received).toMatchObject([
    {
      url: `/v1/orders/${ORDER_ID}/events`,
      headers: { 'last-event-id': '41', authorization: world.ada },
    },
  ]);
  answer.destroy();
});

test('a stream outlives the deadline', async () => {
  await world.stop();
  await start({ deadlineMs: 1000, arrivalMs: 500 });
  const { answer, results } = await follow();
  // The passing of time is the condition here: deadline and handler's time-out must have had their chance.
  await new Promise((resolve) => setTimeout(resolve, 2000));
  send(step('1', 'order-placed'));
  await eventually(() => results.length === 1);
  answer.destroy();
});

test.each([
  [404, 'not-found'],
  [429, 'too-many-streams'],
])('a refusal (%i) is an error with its code', async (status, code) => {
  world.behaviours.notifications = (_, answer) => problem(answer, { status, code });
  const { results, completed } = await follow();
  await eventually(completed);
  expect(results).toMatchObject([{ errors: [{ extensions: { code, status } }] }]);
});

test('a service that does not answer is told within the deadline', async () => {
  await world.stop();
  await start({ deadlineMs: 500, arrivalMs: 500 });
  world.behaviours.notifications = () => undefined;
  const { results, completed } = await follow();
  await eventually(completed);
  expect(results).toMatchObject([{ errors: [{ extensions: { code: 'deadline-exceeded' } }] }]);
});

test('a client that leaves ends the stream from the service, also where no step comes', async () => {
  const { answer } = await follow();
  await eventually(() => stream !== undefined);
  answer.destroy();
  await eventually(() => stream?.destroyed === true);
});

test('a stream that the service ends says so by an error, not as if all were done', async () => {
  const { results, completed } = await follow();
  stream?.end(step('1', 'order-placed'));
  await eventually(completed);
  expect(results).toMatchObject([
    update('1', 'order-placed'),
    { data: { orderUpdates: null }, errors: [{ extensions: { code: 'unavailable' } }] },
  ]);
});

test('a gateway that drains tells its followers to come back, and closes', async () => {
  const { results, completed } = await follow();
  send(step('1', 'order-placed'));
  await eventually(() => results.length === 1);
  await world.app.server.close();
  await eventually(completed);
  expect(results[1]).toMatchObject({ errors: [{ extensions: { code: 'unavailable' } }] });
});
