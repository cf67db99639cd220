import { expect, test } from '@jest/globals';
import { createServer } from '@waymark/http/server.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createMetrics } from '@waymark/telemetry/metrics.ts';
import type { App } from '../src/app.ts';
import { createOperations } from '../src/operations.ts';
import { stopApp } from '../src/run-service.ts';

function setup(checks: App['checks'] = {}) {
  const happened: string[] = [];
  const part = (name: string) => ({
    start: () => undefined,
    stop: async () => {
      happened.push(`${name} stopped`);
    },
  });
  const app: App = {
    server: createServer({ log: silentLog, metrics: createMetrics('test') }),
    parts: [part('first'), part('second')],
    checks,
    close: async () => {
      happened.push('closed');
    },
  };
  app.server.addHook('onClose', async () => {
    happened.push('door closed');
  });
  const state = { draining: false, onReady: () => happened.push('ready') };
  const operations = createOperations(app, createMetrics('test'), state);
  return { app, state, operations, happened, ask: (url: string) => operations.inject({ url }) };
}

test('a service is ready when all of its checks pass, and says which do not', async () => {
  let down = true;
  const { ask, happened } = setup({
    database: async () => {
      if (down) throw new Error('connection refused');
    },
    prices: async () => undefined,
  });
  const answer = await ask('/readyz');
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toEqual({
    status: 'not ready',
    checks: { database: 'connection refused', prices: 'ok' },
  });
  expect(happened).toEqual([]);
  down = false;
  for (let times = 0; times < 2; times += 1) expect((await ask('/readyz')).statusCode).toBe(200);
  expect(happened).toEqual(['ready']);
});

test('a check that does not answer does not keep the answer waiting', async () => {
  const { ask } = setup({ database: () => new Promise(() => undefined) });
  const answer = await ask('/readyz');
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toMatchObject({ checks: { database: 'no answer within 2000 ms' } });
});

test('a draining service is not ready, but alive', async () => {
  const { ask, state } = setup();
  state.draining = true;
  const answer = await ask('/readyz');
  expect([answer.statusCode, answer.json()]).toEqual([503, { status: 'draining', checks: {} }]);
  expect((await ask('/livez')).statusCode).toBe(200);
});

test('liveness asks nothing of others', async () => {
  const { ask } = setup({
    database: async () => {
      throw new Error('away');
    },
  });
  expect((await ask('/livez')).statusCode).toBe(200);
});

test('metrics are plain text, and OpenMetrics for whoever asks for it', async () => {
  const { operations } = setup();
  const scrape = async (accept?: string) => {
    const headers = accept === undefined ? {} : { accept };
    const { headers: sent, body } = await operations.inject({ url: '/metrics', headers });
    return { type: String(sent['content-type']), ends: body.endsWith('# EOF\n') };
  };
  // What Prometheus sends: https://prometheus.io/docs/instrumenting/content_negotiation/
  const prometheus = `application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,
    application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2`;
  expect(await scrape(prometheus.replace(/\s+/g, ''))).toEqual({
    type: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
    ends: true,
  });
  for (const accept of [undefined, '*/*', 'text/plain;version=0.0.4']) {
    const { type, ends } = await scrape(accept);
    expect([type.split(';')[0], ends]).toEqual(['text/plain', false]);
  }
});

test('an app stops its door first, then its parts in reverse, then what they used', async () => {
  const { app, happened } = setup();
  await stopApp(app);
  expect(happened).toEqual(['door closed', 'second stopped', 'first stopped', 'closed']);
});
