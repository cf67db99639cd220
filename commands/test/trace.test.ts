/** An order leaves one trace, through every service and over every broker between them. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { serviceNames } from '../../infra/embedded/names.ts';
import { flagsOf } from '../../infra/embedded/services.ts';
import { followOrder } from '../lib/follow-order.ts';
import type { OrderAnswer } from '../lib/shop.ts';
import { receiveSpans, type ReceivedSpan } from './otlp-receiver.ts';
import {
  orderWith,
  START_MS,
  startTestPlatform,
  STOP_MS,
  type TestPlatform,
} from './test-platform.ts';

let receiver: Awaited<ReturnType<typeof receiveSpans>>;
let platform: TestPlatform;

beforeAll(async () => {
  receiver = await receiveSpans();
  platform = await startTestPlatform({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '100',
  });
}, START_MS);
afterAll(async () => {
  await platform.stop();
  await receiver.stop();
}, STOP_MS);

/** Places an order whose first payment attempt fails, follows it live to `confirmed`, and returns its id. */
async function confirmedOrder({ shop }: TestPlatform, traceId: string): Promise<string> {
  const { body } = await shop.call<OrderAnswer>('ada', {
    method: 'POST',
    path: '/v1/orders',
    json: orderWith({ cardToken: 'tok_fail_once' }),
    headers: {
      'idempotency-key': randomUUID(),
      traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    },
  });
  const order = { as: 'ada', id: body.id, sentAt: performance.now() };
  expect(await followOrder(shop, order, () => undefined)).toBe('confirmed');
  return body.id;
}

test('one order is one trace from the gateway to the card processor and back to the customer, and its log lines carry it', async () => {
  const traceId = randomUUID().replaceAll('-', '');
  const orderId = await confirmedOrder(platform, traceId);

  const spans = () => receiver.spans.filter((span) => span.traceId === traceId);
  const names = () => spans().map(({ service, name }) => `${service}: ${name}`);
  await eventually(() => {
    expect(names()).toEqual(
      expect.arrayContaining([
        'gateway: POST /v1/orders',
        'orders: POST /v1/orders',
        'orders: publish waymark.orders',
        'inventory: handle waymark.orders.order-placed.v1',
        'inventory: publish waymark.inventory',
        'orders: handle waymark.inventory.stock-reserved.v1',
        'payments: handle waymark.orders.payment-requested.v1',
        'payments: payment authorising',
        'payments: publish waymark.payments',
        'orders: handle waymark.payments.payment-authorised.v1',
        'inventory: handle waymark.orders.order-confirmed.v1',
        'payments: payment capturing',
        'notifications: handle waymark.payments.payment-captured.v1',
        'notifications: send order-placed',
        'notifications: send order-confirmed',
      ]),
    );
  }, 20_000);
  const services = new Set(spans().map(({ service }) => service));
  // Whoever has not fetched the issuer's keys yet does so in the middle of the order.
  services.delete('identity');
  expect(services).toEqual(
    new Set(['gateway', 'orders', 'inventory', 'payments', 'psp', 'notifications']),
  );
  await eventually(() => {
    expect(orphans(spans())).toEqual([]);
  });
  expect(await tracesInLog('payments', orderId)).toEqual(new Set([traceId]));
}, 60_000);

/** Spans whose parent was not received, except the caller's own. */
function orphans(spans: ReceivedSpan[]): string[] {
  const known = new Set(['b7ad6b7169203331', ...spans.map(({ spanId }) => spanId)]);
  return spans
    .filter(({ parentSpanId }) => parentSpanId === undefined || !known.has(parentSpanId))
    .map(({ service, name }) => `${service}: ${name}`);
}

async function tracesInLog(service: string, orderId: string): Promise<Set<unknown>> {
  const log = await readFile(path.join(platform.directory, 'logs', `${service}.log`), 'utf8');
  const lines = log.split('\n').filter((line) => line.includes(orderId));
  return new Set(lines.map((line) => (JSON.parse(line) as { trace_id?: string }).trace_id));
}

/** The packages of OpenTelemetry that a process loads which imports what all services are made of. */
async function packagesLoaded(flags: string[]): Promise<string[]> {
  const recorder = `
    import { registerHooks } from 'node:module';
    globalThis.loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });`;
  const sources = [
    ...serviceNames.map((name) => `../../services/${name}/src/app.ts`),
    '../../packages/lifecycle/src/run-service.ts',
  ].map((file) => new URL(file, import.meta.url).href);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(recorder)}`,
      ...flags,
      '--input-type=module',
      '--eval',
      `for (const source of ${JSON.stringify(sources)}) await import(source);
       process.stdout.write(JSON.stringify(loaded), () => process.exit());`,
    ],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  const urls = JSON.parse(stdout) as string[];
  const names = urls.map((url) => /.*node_modules\/(@opentelemetry\/[^/]+)/.exec(url)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

test('without an address for spans no service loads more of OpenTelemetry than its API', async () => {
  expect(await packagesLoaded(flagsOf({ extra: {} }))).toEqual(['@opentelemetry/api']);
  const flags = flagsOf({ extra: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
  expect(await packagesLoaded(flags)).toContain('@opentelemetry/sdk-trace');
});
