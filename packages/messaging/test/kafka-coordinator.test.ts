/**
 * What a member makes of a coordinator that says it is none any more, as one does that is about to end, and then ends
 * before the member has joined again. A broker that restarts does so within milliseconds, so a proxy that reads Kafka's
 * frames (https://kafka.apache.org/protocol#protocol_messages) does it here, to a broker that stays.
 */
import { afterAll, beforeAll, test } from '@jest/globals';
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { describeWithDocker } from '@waymark/testing/docker.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { startKafka, type KafkaContainer } from '@waymark/testing/kafka-container.ts';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { LONG_MS, logIn, START_MS } from './kafka-setup.ts';
import { setup, valuesOf } from './log-under-test.ts';

const JOIN_GROUP = 11;
const HEARTBEAT = 12;
const NOT_COORDINATOR = 16;

describeWithDocker('A member of a group on Kafka', () => {
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  let kafka: KafkaContainer;
  beforeAll(async () => {
    const port = await freePort();
    proxy = await startProxy(port);
    kafka = await startKafka({ port, advertisedPort: proxy.port });
  }, START_MS);
  afterAll(async () => {
    await kafka.stop();
    await proxy.close();
  });

  test(
    'reads on where its coordinator resigns and is gone before it has joined again',
    async () => {
      await using world = await setup(async () => logIn(kafka.url), 2);
      const { handled } = world.join(world.group);
      await world.publish({ value: 'before' });
      await eventually(() => handled.length > 0, 20_000);
      await proxy.resign();
      await world.publish({ key: 'one', value: 'after' }, { key: 'two', value: 'after' });
      await eventually(
        () => valuesOf(handled).filter((value) => value === 'after').length > 1,
        20_000,
      );
    },
    LONG_MS,
  );
});

async function startProxy(targetPort: number) {
  let resigning: PromiseWithResolvers<void> | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const broker = connect(targetPort, '127.0.0.1');
    const asked = new Map<number, number>();
    let hasResigned = false;
    for (const [socket, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    readFrames(client, (frame) => {
      const apiKey = frame.readInt16BE(4);
      asked.set(frame.readInt32BE(8), apiKey);
      if (apiKey !== JOIN_GROUP || !hasResigned) {
        broker.write(frame);
        return;
      }
      client.destroy();
      resigning?.resolve();
      resigning = undefined;
    });
    readFrames(broker, (frame) => {
      const correlationId = frame.readInt32BE(4);
      if (asked.get(correlationId) === HEARTBEAT && resigning !== undefined) {
        // Behind the time that the client is to be throttled for.
        frame.writeInt16BE(NOT_COORDINATOR, 12);
        hasResigned = true;
      }
      asked.delete(correlationId);
      client.write(frame);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    /** Answers the next heartbeat so, and ends the connection on which the member would join again. */
    async resign(): Promise<void> {
      resigning = Promise.withResolvers<void>();
      await resigning.promise;
    },
    async close(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
    },
  };
}

/** A frame begins with its length. */
function readFrames(socket: Socket, take: (frame: Buffer) => void): void {
  let read = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    read = Buffer.concat([read, chunk]);
    while (read.length >= 4 && read.length >= 4 + read.readInt32BE(0)) {
      const length = 4 + read.readInt32BE(0);
      take(read.subarray(0, length));
      read = read.subarray(length);
    }
  });
}
