/**
 * The life of a service process: start the parts, open the port, and on SIGTERM drain. Draining means: say
 * "not ready", take no new request, finish those under way, finish the message in hand, then leave. Whatever
 * does not finish in time is cut off, which is safe, because being killed at any moment is safe.
 */
import { callers } from '@waymark/contracts/calls.ts';
import type { ServerTls } from '@waymark/http/server.ts';
import { tlsConfig, tlsFrom } from '@waymark/http/tls.ts';
import { createLog, type Log } from '@waymark/telemetry/log.ts';
import { createMetrics, observeProcess, type Metrics } from '@waymark/telemetry/metrics.ts';
import { flushSpans } from '@waymark/telemetry/span.ts';
import closeWithGrace from 'close-with-grace';
import { Type } from 'typebox';
import type { App } from './app.ts';
import { ask, createOperations, type OperationsState } from './operations.ts';

/** Settings that every service has; a service's config.ts spreads them into its own. */
export const lifecycleConfig = {
  ...tlsConfig,
  HOST: Type.String({ default: '127.0.0.1' }),
  PORT: Type.Integer({ minimum: 0, maximum: 65535 }),
  OPERATIONS_PORT: Type.Integer({ minimum: 0, maximum: 65535 }),
  LOG_LEVEL: Type.String({
    default: 'info',
    pattern: '^(fatal|error|warn|info|debug|trace|silent)$',
  }),
};

interface LifecycleConfig {
  TLS_CERT?: string;
  TLS_KEY?: string;
  TLS_CA?: string;
  HOST: string;
  PORT: number;
  OPERATIONS_PORT: number;
  LOG_LEVEL: string;
}

/** Under the 10 s that container platforms grant between SIGTERM and SIGKILL. */
const DRAIN_MS = 8000;

export interface ServiceContext {
  log: Log;
  metrics: Metrics;
  /** For the service's server and for its calls to others. */
  tls: ServerTls | undefined;
}

export async function runService(
  name: string,
  config: LifecycleConfig,
  build: (context: ServiceContext) => App | Promise<App>,
): Promise<void> {
  const log = createLog({ service: name, level: config.LOG_LEVEL });
  const metrics = createMetrics(name);
  observeProcess(metrics);
  const identity = tlsFrom(config);
  const tls = identity && { ...identity, callers: callers[name] ?? [] };
  const app = await build({ log, metrics, tls });
  const onReady = () => log.info({ afterMs: Math.round(process.uptime() * 1000) }, 'ready');
  const state: OperationsState = { draining: false, onReady };
  const operations = createOperations(app, metrics, state);

  closeWithGrace({ delay: DRAIN_MS, logger: false }, async ({ signal, err }) => {
    state.draining = true;
    if (err !== undefined) log.fatal({ err }, 'stopping after an error that nobody handled');
    else log.info({ signal }, 'draining');
    await stopApp(app);
    await operations.close();
    await flushSpans();
    log.info('stopped');
  });
  // A supervisor that dies takes its channel along; leaving then keeps orphans from holding ports.
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));

  for (const part of app.parts) part.start();
  // What the first probe asks has its connections open by then; it would wait for another probe otherwise.
  void ask(app.checks);
  await operations.listen({ host: config.HOST, port: config.OPERATIONS_PORT });
  await app.server.listen({ host: config.HOST, port: config.PORT });
  log.info({ port: config.PORT, operationsPort: config.OPERATIONS_PORT }, 'listening');
}

/** Closes the door, then stops the parts in reverse, then closes what they used. Tests end with it too. */
export async function stopApp(app: App): Promise<void> {
  await app.server.close();
  for (const part of app.parts.toReversed()) await part.stop();
  await app.close();
}
