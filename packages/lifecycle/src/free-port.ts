/** Finds TCP ports on loopback that nothing listens on right now. */
import { createServer } from 'node:net';

/**
 * The preferred port where it is free, or another. Never one from the range that systems take for the near end
 * of outgoing connections (from 32768 or 49152 on): a service that dies would find its port taken by a stranger
 * when it comes back.
 */
export async function freePort(preferred = randomPort()): Promise<number> {
  let port = preferred;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (await isPortFree(port)) return port;
    port = randomPort();
  }
  throw new Error(`no free port after ${String(ATTEMPTS)} attempts`);
}

const ATTEMPTS = 100;
const LOWEST = 10_000;
const HIGHEST = 30_000;

function randomPort(): number {
  return LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
}

export async function isPortFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
