import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { createPartner, startReceiver, type Receiver } from './partner.ts';
import { setup, type World } from './setup.ts';

/** What the name server says, one look-up after the other. */
let answers: string[][];
let world: World;
let receiver: Receiver;
let partner: Awaited<ReturnType<typeof createPartner>>;
beforeEach(async () => {
  answers = [];
  world = await setup({
    privateWebhookHosts: ['127.0.0.1', 'hooks.example'],
    lookup: () => Promise.resolve(answers.shift() ?? []),
  });
  receiver = await startReceiver();
  partner = await createPartner(world);
});
afterEach(async () => {
  await world.stop();
  await receiver.stop();
});

test('a redirect is a failed attempt and is not followed', async () => {
  const target = await startReceiver();
  try {
    receiver.behaviour = (answer) => answer.writeHead(307, { location: target.url }).end();
    const { id } = await partner.register(receiver.url, ['order-placed']);
    await world.place();
    await eventually(async () => {
      expect(await partner.deliveries(id)).toMatchObject([{ state: 'pending', lastStatus: 307 }]);
    });
    expect(target.received).toEqual([]);
  } finally {
    await target.stop();
  }
});

test('a host name is looked up once a delivery, and the connection goes to what was found', async () => {
  const { port } = new URL(receiver.url);
  answers = [['127.0.0.2'], ['127.0.0.1'], ['127.0.0.2']];
  await partner.register(`http://hooks.example:${port}/`, ['order-placed']);
  await world.place();
  await eventually(() => receiver.received.length === 1);
  expect(receiver.received[0]?.headers.host).toBe(`hooks.example:${port}`);
  expect(answers).toEqual([['127.0.0.2']]);
});

test('an answer whose body never ends is an answer', async () => {
  receiver.behaviour = (answer) => {
    answer.writeHead(200).write('and');
  };
  const { id } = await partner.register(receiver.url, ['order-placed']);
  await world.place();
  await eventually(async () => {
    expect(await partner.deliveries(id)).toMatchObject([{ state: 'delivered', lastStatus: 200 }]);
  }, 3000);
});
