/** The rights that docs/decisions/0010-rabbitmq-work-queue.md proposes are enough for a service, and for no more. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithDocker } from '@waymark/testing/docker.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { startRabbit, type RabbitContainer } from '@waymark/testing/rabbit-container.ts';
import { RetryLater } from '../src/work-queue.ts';
import { setup } from './queue-under-test.ts';
import { openRabbit } from './rabbit-setup.ts';

const OWN = String.raw`^(webhooks(\.(keyed|dead|line\.[0-9a-f]{32}))?|delay\.(end|[0-9]+))$`;
/** Also the default exchange, by which a message goes to a queue of its name. */
const WRITE = OWN.replace('^(', String.raw`^(amq\.default|`);

describeWithDocker('the rights of a service on RabbitMQ', () => {
  let server: RabbitContainer;
  let url: string;
  beforeAll(async () => {
    server = await startRabbit();
    await server.ctl('add_vhost', 'notifications');
    await server.ctl('add_user', 'notifications', 'secret');
    await server.ctl('set_permissions', '-p', 'notifications', 'notifications', OWN, WRITE, OWN);
    const own = new URL(server.url);
    own.username = 'notifications';
    own.pathname = '/notifications';
    url = own.href;
  }, 60_000);
  afterAll(() => server.stop());

  test('they are enough for sending, working, retries, lines, dead letters and redriving', async () => {
    await using world = await setup(() => openRabbit(url));
    const queue = 'webhooks';
    const begun: string[] = [];
    let down = true;
    const worker = world.connect().work(queue, {
      concurrency: 2,
      perKey: 1,
      leaseMs: 5000,
      attempts: 2,
      backoff: { firstMs: 10, maxMs: 10 },
      async handle({ value, attempt }) {
        begun.push(value);
        if (down) throw attempt === 1 ? new RetryLater(20, 'later') : new Error('down');
      },
    });
    worker.start();
    for (const value of ['a', 'b', 'c'])
      await world.workQueue.send(queue, { headers: {}, value }, { key: 'partner' });
    await world.workQueue.send(queue, { headers: {}, value: 'd' }, { delayMs: 50 });
    await eventually(async () => (await world.workQueue.listDeadLetters(queue, 9)).length === 4);
    down = false;
    begun.length = 0;
    expect(await world.workQueue.redrive(queue, 'all')).toBe(4);
    await eventually(() => begun.toSorted().join('') === 'abcd');
    await worker.stop();
  });

  test('they give it no other queue, and no other virtual host', async () => {
    await using world = await setup(() => openRabbit(url));
    await expect(world.send('a')).rejects.toThrow('access to queue');
    await using elsewhere = await setup(() => openRabbit(new URL('/', url).href));
    await expect(elsewhere.workQueue.check()).rejects.toThrow();
  });
});
