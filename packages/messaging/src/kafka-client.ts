/**
 * How all clients of Kafka are set up: where the brokers are, who we are, and how long anything may take. Their
 * retries are short, because every layer of kafkajs repeats what the layer below has given up; who calls it tries
 * again with a new client.
 */
import type { Log } from '@waymark/telemetry/log.ts';
import kafkajs, { type Kafka, type RetryOptions } from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaLog } from './kafka-log.ts';

export interface KafkaOptions {
  url: string;
  client: string;
  log: Log;
}

const CONNECT_MS = 3000;
/** A broker that restarts answers a produce request after up to 5 s. */
const REQUEST_MS = 10_000;
/** Longer than all retries together need; what is still not done then never will be. */
const DEADLINE_MS = 60_000;
const CLOSE_MS = 5000;

export function connectKafka(
  options: Pick<KafkaOptions, 'url' | 'client'>,
  log: KafkaLog,
  retry: RetryOptions,
): Kafka {
  const { brokers, user, password, ssl } = parseKafkaUrl(options.url);
  return new kafkajs.Kafka({
    clientId: options.client,
    brokers,
    ssl,
    connectionTimeout: CONNECT_MS,
    requestTimeout: REQUEST_MS,
    retry: { initialRetryTime: 100, maxRetryTime: 1000, ...retry },
    logLevel: log.logLevel,
    logCreator: log.logCreator,
    ...(user === undefined
      ? {}
      : { sasl: { mechanism: 'scram-sha-512', username: user, password } }),
  });
}

export interface KafkaAddress {
  brokers: string[];
  user?: string;
  password: string;
  ssl: boolean;
}

/**
 * Reads `kafka://user:password@host:port,host:port`, or `kafkas://` for TLS; the WHATWG parser knows no lists of hosts.
 */
export function parseKafkaUrl(url: string): KafkaAddress {
  const match = /^kafka(s?):\/\/(?:([^:@/]+):([^@/]*)@)?([^@/]+)\/?$/.exec(url);
  if (match === null)
    throw new Error('a Kafka URL has the form kafka://user:password@host:port,host:port');
  const [, tls, user, password = '', hosts = ''] = match;
  return {
    brokers: hosts.split(','),
    ssl: tls === 's',
    password: decodeURIComponent(password),
    ...(user === undefined ? {} : { user: decodeURIComponent(user) }),
  };
}

interface Connectable {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

export interface Renewable<Client> {
  use<Result>(work: (client: Client) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** Connects when it is first used; after a failure the next use gets a new client. */
export function createRenewable<Client extends Connectable>(
  create: () => Client,
): Renewable<Client> {
  let current: Client | undefined;
  let connecting: Promise<void> = Promise.resolve();

  function drop(client: Client): Promise<void> {
    if (current === client) current = undefined;
    return within(CLOSE_MS, client.disconnect()).catch(() => undefined);
  }

  return {
    async use(work) {
      if (current === undefined) {
        current = create();
        connecting = current.connect();
      }
      const client = current;
      try {
        return await within(
          DEADLINE_MS,
          connecting.then(() => work(client)),
        );
      } catch (error) {
        void drop(client);
        throw error;
      }
    },
    async close() {
      if (current !== undefined) await drop(current);
    },
  };
}

export async function within<Result>(limitMs: number, work: Promise<Result>): Promise<Result> {
  const timer = new AbortController();
  const timeout = async () => {
    await sleep(limitMs, undefined, { signal: timer.signal });
    throw new Error(`Kafka did not answer within ${String(limitMs)} ms`);
  };
  try {
    return await Promise.race([work, timeout()]);
  } finally {
    timer.abort();
  }
}

/** The names that Kafka and kafkajs have for what went wrong, of the error and of its causes. */
export function errorNames(error: unknown): string[] {
  if (typeof error !== 'object' || error === null) return [];
  const { name, type, cause } = error as { name?: string; type?: string; cause?: unknown };
  return [name, type].filter((text) => text !== undefined).concat(errorNames(cause));
}

/** What Kafka forbids this user, as a sentence, or undefined where the error is about something else. */
export function refusal(error: unknown, url: string, subject: string): string | undefined {
  const names = errorNames(error);
  const { user = 'without a name' } = parseKafkaUrl(url);
  if (names.includes('KafkaJSSASLAuthenticationError'))
    return `Kafka does not accept the password of the user ${user}`;
  if (names.some((name) => name.endsWith('AUTHORIZATION_FAILED')))
    return `Kafka does not allow the user ${user} ${subject}`;
  return undefined;
}
