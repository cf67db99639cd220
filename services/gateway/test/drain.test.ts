import { expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setup } from './setup.ts';

test('closing lets a request under way finish, and does not wait for its connection to idle out', async () => {
  const world = await setup();
  const agent = new Agent({ keepAlive: true });
  let waiting: ServerResponse | undefined;
  world.behaviours.catalog = (_, answer) => {
    waiting = answer;
  };
  const outgoing = get({ port: world.port, path: '/v1/products', agent });
  await eventually(() => waiting !== undefined);
  const closed = world.app.server.close();
  await eventually(() => !world.app.server.server.listening);
  waiting?.end('finished');
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  expect(await text(answer)).toBe('finished');
  await closed;
  agent.destroy();
  await world.stop();
}, 10_000);

test('closing does not wait for the connection of a request that failed meanwhile either', async () => {
  const world = await setup({ deadlineMs: 200 });
  const agent = new Agent({ keepAlive: true });
  world.behaviours.catalog = () => undefined;
  const outgoing = get({ port: world.port, path: '/v1/products', agent });
  await eventually(() => world.received.length === 1);
  const closed = world.app.server.close();
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  expect(answer.statusCode).toBe(504);
  answer.resume();
  await closed;
  agent.destroy();
  await world.stop();
}, 10_000);

test('with every answer a client is told to end its connection itself where it does not use it', async () => {
  const world = await setup();
  const agent = new Agent({ keepAlive: true });
  for (const path of ['/v1/products', '/nowhere']) {
    const outgoing = get({ port: world.port, path, agent });
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    expect(answer.headers).toMatchObject({ connection: 'keep-alive', 'keep-alive': 'timeout=4' });
    await text(answer);
  }
  agent.destroy();
  await world.stop();
});

test('a gateway is ready whatever is down behind it', async () => {
  const world = await setup();
  await world.kill('orders');
  expect(world.app.checks).toEqual({});
  await world.stop();
});
