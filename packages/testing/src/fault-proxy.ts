/**
 * A TCP proxy between a client and its server that can fail the way networks do: refuse and reset, or swallow
 * what is sent while the connection seems alive. The second is the worse one, since only a time-out finds it.
 */
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

export interface FaultProxy {
  port: number;
  /** Resets what is open and refuses what comes. */
  cut(): void;
  /** Keeps what is open, and delivers nothing in either direction. */
  stall(): void;
  /** Delivers what clients send, and no answer. */
  mute(): void;
  /** Lets traffic through again. */
  heal(): void;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startFaultProxy(target: { host: string; port: number }): Promise<FaultProxy> {
  let state: 'open' | 'cut' | 'stalled' | 'muted' = 'open';
  const pairs = new Set<[Socket, Socket]>();

  const server = createServer((client) => {
    if (state === 'cut') {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(target);
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    for (const [from, to] of [pair, [upstream, client] as const]) {
      from.on('error', () => undefined);
      from.on('close', () => {
        to.destroy();
        pairs.delete(pair);
      });
    }
    client.pipe(upstream);
    upstream.pipe(client);
    if (state === 'stalled') pause(pair);
    if (state === 'muted') upstream.unpipe(client).pause();
  });

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  async function close(): Promise<void> {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }

  return {
    port,
    cut() {
      state = 'cut';
      for (const [client, upstream] of pairs) {
        client.resetAndDestroy();
        upstream.resetAndDestroy();
      }
    },
    stall() {
      state = 'stalled';
      for (const pair of pairs) pause(pair);
    },
    mute() {
      state = 'muted';
      for (const [client, upstream] of pairs) upstream.unpipe(client).pause();
    },
    heal() {
      state = 'open';
      for (const [client, upstream] of pairs) {
        client.unpipe(upstream).pipe(upstream);
        upstream.unpipe(client).pipe(client);
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What arrives meanwhile stays in the kernel's buffers, and is delivered once they are piped again. */
function pause([client, upstream]: [Socket, Socket]): void {
  client.unpipe(upstream).pause();
  upstream.unpipe(client).pause();
}
