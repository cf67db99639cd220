/** The line between a service and a Postgres server, which a test can cut, mend, or let fall silent. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Line {
  /** The server's URL, by way of this line. */
  url: string;
  /** Ends all connections and takes no new ones. */
  cut(): Promise<void>;
  /** Takes connections again, at the same address. */
  mend(): Promise<void>;
  /** Connections stay and take bytes, and nothing ever comes back. */
  silence(): void;
  /** Breaks the connection in the moment when the answer to the next message with this text comes by. */
  swallowAnswerTo(text: string): void;
}

export async function openLine(serverUrl: string): Promise<Line> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let silent = false;
  let awaited: string | undefined;
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    let swallowing = false;
    near.on('data', (bytes) => {
      swallowing ||= awaited !== undefined && bytes.includes(awaited);
      if (!silent) far.write(bytes);
    });
    far.on('data', (bytes) => {
      if (swallowing) {
        awaited = undefined;
        near.destroy();
      } else if (!silent) near.write(bytes);
    });
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const url = new URL(serverUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);

  return {
    url: url.href,
    async cut() {
      if (!server.listening) return;
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    mend: () => listen(Number(url.port)),
    silence() {
      silent = true;
    },
    swallowAnswerTo(text) {
      awaited = text;
    },
  };
}
