/**
 * The operations port: liveness, readiness and metrics, on a port of its own that the gateway never routes to.
 * Liveness asks nothing of others: restarting a service because its database is down helps nobody.
 */
import { openMetricsContentType, type Metrics } from '@waymark/telemetry/metrics.ts';
import { fastify, type FastifyInstance } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from './app.ts';

const CHECK_TIMEOUT_MS = 2000;

export interface OperationsState {
  draining: boolean;
  /** Called once, when it first tells that it is ready. */
  onReady?: () => void;
}

export function createOperations(
  app: App,
  metrics: Metrics,
  state: OperationsState,
): FastifyInstance {
  const server = fastify({ forceCloseConnections: true });
  let toldReady = false;

  server.get('/livez', () => ({ status: 'alive', pid: process.pid }));

  server.get('/readyz', async (_request, reply) => {
    const results = await ask(app.checks);
    const ready = !state.draining && results.every(([, result]) => result === 'ok');
    if (ready && !toldReady) state.onReady?.();
    toldReady ||= ready;
    reply.code(ready ? 200 : 503);
    const status = state.draining ? 'draining' : ready ? 'ready' : 'not ready';
    return { status, checks: Object.fromEntries(results) };
  });

  server.get('/metrics', async (request, reply) => {
    const isOpenMetrics = request.headers.accept?.includes('application/openmetrics-text') === true;
    reply.type(isOpenMetrics ? openMetricsContentType : metrics.contentType);
    return isOpenMetrics ? metrics.openMetrics() : metrics.metrics();
  });
  return server;
}

/** What became of each check, by its name; never rejects. */
export function ask(checks: App['checks']): Promise<(readonly [string, string])[]> {
  const named = Object.entries(checks);
  return Promise.all(named.map(async ([name, check]) => [name, await outcome(check)] as const));
}

async function outcome(check: () => Promise<void>): Promise<string> {
  try {
    const late = sleep(CHECK_TIMEOUT_MS, 'late' as const, { ref: false });
    const first = await Promise.race([check().then(() => 'ok' as const), late]);
    return first === 'late' ? `no answer within ${String(CHECK_TIMEOUT_MS)} ms` : first;
  } catch (error) {
    return error instanceof Error ? error.message || error.name : String(error);
  }
}
