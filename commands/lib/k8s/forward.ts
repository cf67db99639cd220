/**
 * The gateway on a port of this machine. A forward of kubectl leads to one pod and ends with it, so it is begun again until
 * it is closed; in between, connections are refused, which clients take for an outage.
 */
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../chaos-stage.ts';
import { start } from './kubectl.ts';

const AGAIN_MS = 200;
const OPEN_MS = 20_000;

export interface Forward {
  url: string;
  close(): void;
}

export async function forwardGateway(): Promise<Forward> {
  const port = String(await freePort());
  const url = `http://localhost:${port}`;
  let closed = false;
  let child = start(['port-forward', 'service/gateway', `${port}:8080`]);
  const isClosed = () => closed;
  const keep = async () => {
    while (!isClosed()) {
      await new Promise((resolve) => child.once('close', resolve).once('error', resolve));
      await sleep(AGAIN_MS);
      if (!isClosed()) child = start(['port-forward', 'service/gateway', `${port}:8080`]);
    }
  };
  void keep();
  const answers = () =>
    fetch(`${url}/v1/products?limit=1`, { signal: AbortSignal.timeout(2000) }).then(
      ({ ok }) => ok,
      () => false,
    );
  const close = () => {
    closed = true;
    child.kill('SIGKILL');
  };
  await until(answers, { timeoutMs: OPEN_MS, complaint: 'the gateway does not answer' }).catch(
    (error: unknown) => {
      close();
      throw error;
    },
  );
  return { url, close };
}
