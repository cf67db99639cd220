/** Bytes as they are, over a connection of their own: for what no client library would send. */
import { connect, type Socket } from 'node:net';

export interface Replies {
  /** The status of each answer, in order. */
  statuses: number[];
  text: string;
  /** The server has ended the connection. */
  closed: boolean;
  ms: number;
}

export function open(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port) });
  // A reset is an answer too: that the connection is over is told by `close`.
  socket.on('error', () => undefined);
  return socket;
}

/** Sends it all, and reads until the server ends the connection or `waitMs` pass after the last byte that came. */
export function send(url: string, bytes: string | Buffer, waitMs = 300): Promise<Replies> {
  return collect(open(url), waitMs, (socket) => socket.write(bytes));
}

export function collect(
  socket: Socket,
  waitMs: number,
  start: (socket: Socket) => void,
): Promise<Replies> {
  const startedAt = performance.now();
  let text = '';
  return new Promise((resolve) => {
    const end = (closed: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) =>
        Number(status),
      );
      resolve({ statuses, text, closed, ms: performance.now() - startedAt });
    };
    let timer = setTimeout(() => {
      end(false);
    }, waitMs * 5);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      clearTimeout(timer);
      timer = setTimeout(() => {
        end(false);
      }, waitMs);
    });
    socket.on('close', () => {
      end(true);
    });
    start(socket);
  });
}
