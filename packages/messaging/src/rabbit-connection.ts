/**
 * One connection to RabbitMQ: it is tried again for ever, an outage is one line in the log, and whatever asks
 * something of the server meanwhile fails within a deadline, in a way that `isUnavailable` knows. Workers publish
 * too, so a second connection for publishers, which the server may block, would keep nothing going.
 */
import { unavailable } from '@waymark/database/unavailable.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { Connection, type Channel, type Envelope } from 'rabbitmq-client';

export interface Rabbit {
  isUp(): boolean;
  /** The caller closes it. */
  acquire(): Promise<Channel>;
  /** Resolves when the server has the message on disk. Rejects where no queue takes it. */
  publish(envelope: Envelope, value: string): Promise<void>;
  /** Declares what has the name, once as long as it is there. */
  prepare(name: string, declare: (channel: Channel) => Promise<unknown>): Promise<void>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 5000;
/** Publications without an answer so far: more than a second's, and some 40 MB of small messages at most. */
export const MAX_IN_FLIGHT = 5000;
/** What is silent for two of them is given up, by the server too: a frozen process keeps its messages 15 s at most. */
const HEARTBEAT_S = 5;

export function connectRabbit(options: { url: string; name: string; log: Log }): Rabbit {
  const connection = openConnection(options);
  const publisher = connection.createPublisher({ confirm: true });
  const returned = new Set<string>();
  publisher.on('basic.return', ({ correlationId }) => returned.add(correlationId ?? ''));
  const prepared = new Map<string, Promise<void>>();
  let inFlight = 0;

  async function acquire(): Promise<Channel> {
    const channel = await connection.acquire({ emitErrorsFromChannel: true });
    channel.on('error', (error: unknown) => {
      options.log.warn({ err: error }, 'RabbitMQ closed a channel');
    });
    return channel;
  }

  async function publish(envelope: Envelope, value: string): Promise<void> {
    if (inFlight >= MAX_IN_FLIGHT)
      throw unavailable('RabbitMQ', new Error('too many messages wait'));
    inFlight += 1;
    const correlationId = randomUUID();
    const message = { ...envelope, correlationId, durable: true, mandatory: true };
    try {
      await within(publisher.send(message, Buffer.from(value)));
      // The library tells of a return a turn after the confirmation that follows it.
      await turn();
      if (returned.delete(correlationId)) {
        // Somebody deleted what was declared.
        prepared.clear();
        throw new Error('no queue takes the message');
      }
    } catch (error) {
      throw unavailable('RabbitMQ', error);
    } finally {
      inFlight -= 1;
    }
  }

  async function declareNow(declare: (channel: Channel) => Promise<unknown>): Promise<void> {
    const channel = await acquire();
    try {
      await declare(channel);
    } finally {
      await channel.close();
    }
  }

  return {
    isUp: () => connection.ready,
    acquire: () =>
      within(acquire()).catch((error: unknown) => {
        throw unavailable('RabbitMQ', error);
      }),
    publish,
    async prepare(name, declare) {
      const preparing = prepared.get(name) ?? declareNow(declare);
      prepared.set(name, preparing);
      try {
        await within(preparing);
      } catch (error) {
        prepared.delete(name);
        throw unavailable('RabbitMQ', error);
      }
    },
    async close() {
      // Else it waits for channels that others have open.
      const closing = publisher.close().then(() => connection.close());
      await within(closing).catch(() => {
        connection.unsafeDestroy();
      });
    },
  };
}

function openConnection(options: { url: string; name: string; log: Log }): Connection {
  const connection = new Connection({
    url: options.url,
    connectionName: options.name,
    heartbeat: HEARTBEAT_S,
    connectionTimeout: TIMEOUT_MS,
    acquireTimeout: TIMEOUT_MS,
    retryLow: 500,
    retryHigh: 5000,
    // Its frames are small and wait for answers: Nagle's algorithm would add 40 ms to each.
    noDelay: true,
    // What the server takes by default; the library's own 8 kB must hold all headers of a message.
    frameMax: 131_072,
  });
  watch(connection, options);
  return connection;
}

/** Logs one line when the server goes or refuses us, and one when it is back. */
function watch(
  connection: Connection,
  { url, name, log }: { url: string; name: string; log: Log },
) {
  const user = decodeURIComponent(new URL(url).username);
  let awaySince: number | undefined;
  connection.on('error', (error: { code?: string }) => {
    if (connection.ready) {
      log.warn({ err: error, connection: name }, 'RabbitMQ refused something');
      return;
    }
    awaySince ??= performance.now();
    if (error.code === 'ACCESS_REFUSED' || error.code === 'NOT_ALLOWED')
      log.error({ err: error, connection: name, user }, `RabbitMQ refuses the user "${user}"`);
    else log.warn({ err: error, connection: name }, 'RabbitMQ is away');
  });
  connection.on('connection', () => {
    if (awaySince === undefined) return;
    const awayMs = Math.round(performance.now() - awaySince);
    log.info({ connection: name, awayMs }, 'RabbitMQ is back');
    awaySince = undefined;
  });
}

/** Rejects where there is no answer in time. */
function within<T>(promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Error(`no answer within ${String(TIMEOUT_MS)} ms`));
  }, TIMEOUT_MS);
  return Promise.race([promise, late]).finally(() => {
    clearTimeout(timer);
  });
}
