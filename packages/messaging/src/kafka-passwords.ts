/**
 * Gives Kafka's users their passwords. kafkajs cannot, but has the words for it: one request of Kafka's protocol,
 * AlterUserScramCredentials 0 (https://kafka.apache.org/protocol#The_Messages_AlterUserScramCredentials), on a connection of
 * its own. Kafka's own tool would start Java once for each user.
 */
import { pbkdf2, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { parseKafkaUrl } from './kafka-client.ts';

// Of what kafkajs has inside and does not describe.
interface Encoder {
  readonly buffer: Buffer;
  size(): number;
  writeInt8(value: number): Encoder;
  writeInt16(value: number): Encoder;
  writeInt32(value: number): Encoder;
  writeUVarInt(value: number): Encoder;
  writeString(value: string): Encoder;
  writeUVarIntString(value: string): Encoder;
  writeUVarIntBytes(value: Buffer): Encoder;
  writeUVarIntArray(value: Encoder[]): Encoder;
  writeEncoder(value: Encoder): Encoder;
}
interface Decoder {
  readInt16(): number;
  readInt32(): number;
  readUVarIntString(): string | null;
  readUVarIntArray(reader: (decoder: Decoder) => void): void;
  readTaggedFields(): void;
}
const require = createRequire(import.meta.url);
const Encoder = require('kafkajs/src/protocol/encoder') as new () => Encoder;
const Decoder = require('kafkajs/src/protocol/decoder') as new (received: Buffer) => Decoder;

const ALTER_USER_SCRAM_CREDENTIALS = 51;
const SCRAM_SHA_512 = 2;
const ITERATIONS = 8192;
const DEADLINE_MS = 10_000;

/**
 * As the super user, on a listener that asks for no password. Kafka keeps salted hashes only (RFC 5802), so it can be
 * repeated at each start: a password that was renewed counts from then on. Throws where Kafka refuses one of them.
 */
export async function setPasswords(url: string, passwords: Record<string, string>): Promise<void> {
  const upsertions = await Promise.all(
    Object.entries(passwords).map(async ([user, password]) => {
      const salt = randomBytes(32);
      const salted = await promisify(pbkdf2)(password, salt, ITERATIONS, 64, 'sha512');
      const hashed = new Encoder().writeUVarIntString(user).writeInt8(SCRAM_SHA_512);
      return noTags(
        hashed.writeInt32(ITERATIONS).writeUVarIntBytes(salt).writeUVarIntBytes(salted),
      );
    }),
  );
  const body = new Encoder().writeUVarIntArray([]).writeUVarIntArray(upsertions);
  const answer = await ask(url, noTags(body));
  answer.readInt32(); // how long Kafka has slowed us down
  answer.readUVarIntArray((result) => {
    const user = result.readUVarIntString() ?? '';
    const code = result.readInt16();
    const message = result.readUVarIntString() ?? '';
    if (code !== 0) throw new Error(`Kafka refuses the password of the user ${user}: ${message}`);
    result.readTaggedFields();
  });
}

/** Sends the one request and resolves with the answer, read up to its body. */
async function ask(url: string, body: Encoder): Promise<Decoder> {
  const header = new Encoder().writeInt16(ALTER_USER_SCRAM_CREDENTIALS).writeInt16(0);
  const message = noTags(header.writeInt32(1).writeString('set-up')).writeEncoder(body);
  const [host = '', port] = (parseKafkaUrl(url).brokers[0] ?? '').split(':');
  const socket = connect({ host, port: Number(port), signal: AbortSignal.timeout(DEADLINE_MS) });
  socket.write(new Encoder().writeInt32(message.size()).writeEncoder(message).buffer);
  let received = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    received = Buffer.concat([received, chunk]);
    if (received.length < 4 || received.length < 4 + received.readInt32BE()) continue;
    const answer = new Decoder(received);
    answer.readInt32(); // its length
    answer.readInt32(); // the request's number
    answer.readTaggedFields();
    return answer;
  }
  throw new Error('Kafka ended the connection without an answer');
}

/** Each structure of a newer request ends with fields that few need. */
function noTags(encoder: Encoder): Encoder {
  return encoder.writeUVarInt(0);
}
