/** Kafka with users: each may do what it is granted, and a refusal names the user and the topic. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { describeWithDocker } from '@waymark/testing/docker.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { startKafka, type KafkaContainer } from '@waymark/testing/kafka-container.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { oneByOne } from '../src/event-log.ts';
import { setPasswords } from '../src/kafka-passwords.ts';
import { keepLines, logIn, START_MS, LONG_MS } from './kafka-setup.ts';
import { recordOf, setup } from './log-under-test.ts';

/** Needs its percent encoding in a URL. */
const PASSWORD = 'p@ss:word/1';

describeWithDocker('EventLog on Kafka with users', () => {
  let kafka: KafkaContainer;
  beforeAll(async () => {
    kafka = await startKafka();
    await setPasswords(kafka.url, { writer: PASSWORD, reader: PASSWORD });
  }, START_MS);
  afterAll(() => kafka.stop());

  const urlOf = (user: string, password = PASSWORD) =>
    `kafka://${user}:${encodeURIComponent(password)}@${kafka.saslAddress}`;
  const open = async () => logIn(kafka.url);
  const grant = (user: string, ...rights: string[]) =>
    kafka.command('kafka-acls.sh', '--add', '--allow-principal', `User:${user}`, ...rights);

  test(
    'a writer publishes and a reader reads with the rights of just that',
    async () => {
      await using world = await setup(open, 2);
      await grant('writer', '--producer', '--idempotent', '--topic', world.topic);
      await grant('reader', '--consumer', '--topic', world.topic, '--group', world.group);
      const writer = logIn(urlOf('writer'));
      const reader = logIn(urlOf('reader'));
      await writer.connect().publish([recordOf(world.topic, { value: 'a' })]);
      const readerLog = reader.connect();
      const handled: string[] = [];
      const subscription = readerLog.subscribe({
        group: world.group,
        topics: [world.topic],
        handle: oneByOne(async ({ value }) => {
          handled.push(value);
        }),
      });
      subscription.start();
      await eventually(() => handled.length === 1);
      await eventually(async () => {
        const lags = await readerLog.lag(world.group, [world.topic]);
        return lags.every(({ committed, end }) => committed === end);
      });
      await subscription.stop();
      await writer.close();
      await reader.close();
    },
    LONG_MS,
  );

  test(
    'publishing without the right fails, naming user and topic, and publishes nothing',
    async () => {
      await using world = await setup(open, 1);
      const reader = logIn(urlOf('reader'));
      await expect(reader.connect().publish([recordOf(world.topic, {})])).rejects.toThrow(
        `Kafka does not allow the user reader to publish to ${world.topic}`,
      );
      await grant('reader', '--operation', 'Describe', '--topic', world.topic);
      await expect(reader.connect().publish([recordOf(world.topic, {})])).rejects.toThrow(
        `Kafka does not allow the user reader to publish to ${world.topic}`,
      );
      await reader.close();
      const lags = await world.eventLog.lag(world.group, [world.topic]);
      expect(lags).toEqual([expect.objectContaining({ end: 0 })]);
    },
    LONG_MS,
  );

  test.each([
    ['a wrong password', 'wrong', 'Kafka does not accept the password of the user writer'],
    ['a missing right', PASSWORD, 'Kafka does not allow the user writer to read test.'],
  ])(
    '%s is told once by a reader, which does not hammer the broker',
    async (_, password, message) => {
      await using world = await setup(open, 1);
      const { log, lines } = keepLines();
      const clients = logIn(urlOf('writer', password), log);
      const eventLog = clients.connect();
      const subscription = eventLog.subscribe({
        group: world.group,
        topics: [world.topic],
        handle: () => Promise.resolve(),
      });
      subscription.start();
      await eventually(() => lines.length > 0);
      await sleep(5000);
      await subscription.stop();
      await clients.close();
      expect(lines).toEqual([
        expect.objectContaining({ level: 'error', msg: expect.stringContaining(message) }),
      ]);
    },
    LONG_MS,
  );

  test(
    'a wrong password fails a publish with one sentence',
    async () => {
      const clients = logIn(urlOf('writer', 'wrong'));
      await expect(clients.connect().publish([recordOf('any', {})])).rejects.toThrow(
        'Kafka does not accept the password of the user writer',
      );
      await clients.close();
    },
    LONG_MS,
  );

  test(
    'a password that is set anew counts from then on, and the old one no longer',
    async () => {
      await setPasswords(kafka.url, { renewed: 'old' });
      await setPasswords(kafka.url, { renewed: 'new' });
      const publishAs = async (password: string) => {
        const clients = logIn(urlOf('renewed', password));
        await clients
          .connect()
          .publish([recordOf('any', {})])
          .finally(clients.close);
      };
      await expect(publishAs('new')).rejects.toThrow('does not allow the user renewed to publish');
      await expect(publishAs('old')).rejects.toThrow('does not accept the password');
    },
    LONG_MS,
  );

  test('a password that Kafka refuses is an error that names the user', async () => {
    await expect(setPasswords(kafka.url, { '': PASSWORD })).rejects.toThrow(
      'Kafka refuses the password of the user : ',
    );
  });

  test('a listener that asks for a password is told from one that is away', async () => {
    await expect(setPasswords(`kafka://${kafka.saslAddress}`, { user: 'a' })).rejects.toThrow(
      'Kafka ended the connection without an answer',
    );
    const port = String(await freePort());
    await expect(setPasswords(`kafka://127.0.0.1:${port}`, { user: 'a' })).rejects.toThrow(
      'ECONNREFUSED',
    );
  });
});
