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

/** Long enough for a busy machine; a connection that stays open after its answers is left much sooner. */
const FIRST_BYTE_MS = 3000;
const NEXT_BYTE_MS = 1000;

/** Sends it all, and reads until the server ends the connection or has nothing more to say. */
export function send(url: string, bytes: string): Promise<Replies> {
  const socket = open(url);
  socket.write(bytes);
  return collect(socket, { firstMs: FIRST_BYTE_MS, nextMs: NEXT_BYTE_MS });
}

export function collect(
  socket: Socket,
  { firstMs, nextMs }: { firstMs: number; nextMs: number },
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
    }, firstMs);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      clearTimeout(timer);
      timer = setTimeout(() => {
        end(false);
      }, nextMs);
    });
    socket.on('close', () => {
      end(true);
    });
  });
}
