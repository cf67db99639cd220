import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { setup, type World } from './setup.ts';

let world: World;
let headers: { authorization: string };
let stream: ServerResponse | undefined;
beforeEach(() => start());
afterEach(() => world.stop());

async function start(deadlines: { deadlineMs?: number; arrivalMs?: number } = {}): Promise<void> {
  stream = undefined;
  world = await setup(deadlines);
  headers = { authorization: world.ada };
  world.behaviours.notifications = (_, answer) => {
    answer.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    answer.flushHeaders();
    stream = answer;
  };
}

async function nextChunk(answer: IncomingMessage): Promise<string> {
  const [chunk] = (await once(answer, 'data')) as [Buffer];
  return chunk.toString();
}

test('headers arrive before the first event, and each event before the stream ends', async () => {
  const answer = await world.open('/v1/orders/7/events', { headers });
  expect(answer.headers).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
  });
  for (const event of ['data: 1\n\n', 'data: 2\n\n']) {
    stream?.write(event);
    expect(await nextChunk(answer)).toBe(event);
  }
  stream?.end();
  await once(answer.resume(), 'end');
  expect(answer.complete).toBe(true);
});

test('Last-Event-ID reaches the service, which resumes after it', async () => {
  await world.open('/v1/orders/7/events', { headers: { ...headers, 'last-event-id': '41' } });
  expect(world.received[0]?.headers['last-event-id']).toBe('41');
});

test('a stream outlives the deadline and the time-out of the handler', async () => {
  await world.stop();
  await start({ deadlineMs: 1000, arrivalMs: 500 });
  const answer = await world.open('/v1/orders/7/events', { headers });
  // The passing of time is the condition here: both time-outs must have had their chance.
  await sleep(3000);
  stream?.write('data: late\n\n');
  expect(await nextChunk(answer)).toBe('data: late\n\n');
});

test('a reader that does not read slows the service down', async () => {
  const answer = await world.open('/v1/orders/7/events', { headers });
  answer.pause();
  const event = 'x'.repeat(1024 * 1024);
  await eventually(() => {
    for (let count = 0; count < 4; count += 1) stream?.write(event);
    return (stream?.writableLength ?? 0) > 16 * event.length;
  });
  answer.destroy();
});

test('closing ends open streams cleanly', async () => {
  const answer = await world.open('/v1/orders/7/events', { headers });
  stream?.write('data: 1\n\n');
  expect(await nextChunk(answer)).toBe('data: 1\n\n');
  const ended = once(answer, 'end');
  await world.app.server.close();
  await ended;
  expect(answer.complete).toBe(true);
});

test('a stream that starts while the gateway drains ends at once', async () => {
  world.behaviours.notifications = (_, answer) => {
    stream = answer;
  };
  const opened = world.open('/v1/orders/7/events', { headers });
  await eventually(() => stream !== undefined && world.received.length === 1);
  const closed = world.app.server.close();
  await eventually(() => !world.app.server.server.listening);
  stream?.flushHeaders();
  const answer = await opened;
  await buffer(answer);
  await closed;
  expect(answer.complete).toBe(true);
});
