import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Counter } from 'prom-client';
import { currentContext, currentTraceId, runInContext } from '../src/context.ts';
import { createMetrics, observeProcess } from '../src/metrics.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

test('the context rides along asynchronous calls, each with its own, and ends with its work', async () => {
  const seen = await Promise.all(
    ['a', 'b'].map((correlationId) =>
      runInContext({ traceparent, correlationId, causationId: 'cause' }, async () => {
        await sleep(1);
        return currentContext();
      }),
    ),
  );
  expect(seen).toEqual([
    { traceparent, correlationId: 'a', causationId: 'cause' },
    { traceparent, correlationId: 'b', causationId: 'cause' },
  ]);
  expect(currentContext()).toBeUndefined();
  expect(currentTraceId()).toBeUndefined();
});

test.each([
  undefined,
  '',
  'nonsense',
  traceparent.toUpperCase(),
  `${traceparent}-more`,
  `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
  `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`,
])('a traceparent that is none starts a new trace: %s', (given) => {
  const traces = [1, 2].map(() => runInContext({ traceparent: given }, currentTraceId));
  for (const trace of traces) expect(trace).toMatch(/^[0-9a-f]{32}$/);
  expect(traces[0]).not.toBe(traces[1]);
});

/** What a service prints, line by line. The log writes to its process's stdout, so the process is another one. */
async function linesOf(script: string): Promise<Record<string, unknown>[]> {
  const log = new URL('../src/log.ts', import.meta.url).href;
  const context = new URL('../src/context.ts', import.meta.url).href;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    `import { createLog } from '${log}';
     import { runInContext } from '${context}';
     const log = createLog({ service: 'orders', level: 'info' });
     ${script}`,
  ]);
  const lines = stdout.split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a log line names service, level and trace, and keeps secrets to itself', async () => {
  const lines = await linesOf(`
    log.debug('left out');
    log.info({ orderId: 'o1', cardToken: 'tok_1', password: 'p', headers: { authorization: 'Bearer x' } }, 'placed');
    runInContext({ traceparent: '${traceparent}' }, () => log.warn('in a trace'));
    log.error({ err: new TypeError('broken') }, 'failed');`);
  expect(lines).toMatchObject([
    { service: 'orders', level: 'info', msg: 'placed', orderId: 'o1' },
    { level: 'warn', msg: 'in a trace', trace_id: '0af7651916cd43dd8448eb211c80319c' },
    { level: 'error', err: { type: 'TypeError', message: 'broken' } },
  ]);
  expect(lines[0]).not.toHaveProperty('trace_id');
  expect(JSON.stringify(lines)).not.toMatch(/tok_1|"p"|Bearer/);
  expect(new Date(String(lines[0]?.time)).getTime()).toBeGreaterThan(0);
});

test('an error is told by its message, code and place, and without the row that PostgreSQL quotes', async () => {
  const [line] = await linesOf(`
    const detail = 'Failing row contains (tok_approve, Ada Example)';
    const error = Object.assign(new Error('null value in column'), { code: '23502', detail });
    log.error({ err: new Error('not stored', { cause: error }) }, 'failed');
  `);
  expect(JSON.stringify(line)).not.toContain('Ada Example');
  expect(line).toMatchObject({
    err: { message: 'not stored', cause: { message: 'null value in column', code: '23502' } },
  });
});

test('two apps in one process count for themselves, each under its service', async () => {
  const [orders, payments] = ['orders', 'payments'].map((service) => {
    const metrics = createMetrics(service);
    return {
      metrics,
      counter: new Counter({ name: 'things_total', help: 'x', registers: [metrics] }),
    };
  });
  orders?.counter.inc(2);
  expect(await orders?.metrics.metrics()).toContain('things_total{service="orders"} 2');
  expect(await payments?.metrics.metrics()).toContain('things_total{service="payments"} 0');
});

test('a process observes its event loop, heap and CPU', async () => {
  const metrics = createMetrics('orders');
  observeProcess(metrics);
  const text = await metrics.metrics();
  for (const name of [
    'nodejs_eventloop_lag_seconds',
    'nodejs_heap_size_used_bytes',
    'process_cpu_seconds_total',
  ])
    expect(text).toContain(name);
});
