/**
 * The job that makes a Kafka the platform's, as its super user: topics (topics.json), rights (rights.ts), and the users'
 * passwords where they are given; a managed Kafka has them from its cloud. All of it can be repeated.
 */
import type { TopicSpec } from '@waymark/contracts/topics.ts';
import { openKafkaEventLog } from '@waymark/messaging/kafka-event-log.ts';
import { setPasswords } from '@waymark/messaging/kafka-passwords.ts';
import { setRights } from '@waymark/messaging/kafka-rights.ts';
import { createLog } from '@waymark/telemetry/log.ts';
import { readFile } from 'node:fs/promises';
import { rights } from './rights.ts';

const log = createLog({ service: 'kafka-set-up', level: 'info' });
const { KAFKA_ADMIN_URL, KAFKA_ADMIN_URL_FILE = '', KAFKA_PASSWORDS_FILE } = process.env;
const url = KAFKA_ADMIN_URL ?? (await readFile(KAFKA_ADMIN_URL_FILE, 'utf8')).trim();
const options = { url, client: 'set-up', log };

if (KAFKA_PASSWORDS_FILE !== undefined) {
  const passwords = await readFile(KAFKA_PASSWORDS_FILE, 'utf8');
  await setPasswords(url, JSON.parse(passwords) as Record<string, string>);
}
const declared = await readFile(new URL('./topics.json', import.meta.url), 'utf8');
const topics = JSON.parse(declared) as TopicSpec[];
const eventLog = openKafkaEventLog(options);
await eventLog.createTopics(topics);
await eventLog.close();
await setRights(options, rights);
log.info({ topics: topics.length, rights: rights.length }, 'topics and rights are as declared');
