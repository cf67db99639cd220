/** Exemplars need OpenTelemetry's SDK, which is loaded before anything else: the server is a process of its own. */
import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const file = (path: string) => new URL(path, import.meta.url).href;

/** Serves one request that belongs to a trace and returns what scrapes say of it in both formats, twice each. */
async function scrapes(options: { sdk: boolean; flags: '00' | '01' }) {
  const script = `
    import { createServer } from '${file('../src/server.ts')}';
    import { silentLog } from '${file('../../telemetry/src/log.ts')}';
    import { createMetrics } from '${file('../../telemetry/src/metrics.ts')}';
    import { Counter } from 'prom-client';
    const metrics = createMetrics('test');
    new Counter({ name: 'things_total', help: 'Things', registers: [metrics] }).inc(2);
    const server = createServer({ log: silentLog, metrics });
    server.get('/things/:id', async () => 'a thing');
    const url = await server.listen({ host: '127.0.0.1', port: 0 });
    const traceparent = '00-${traceId}-b7ad6b7169203331-${options.flags}';
    await (await fetch(url + '/things/1', { headers: { traceparent } })).text();
    while (!(await metrics.metrics()).includes('_count')) await new Promise(setImmediate);
    const texts = [await metrics.openMetrics(), await metrics.metrics(), await metrics.openMetrics()];
    process.stdout.write(JSON.stringify(texts), () => process.exit());`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      ...(options.sdk ? ['--import', file('../../telemetry/src/register.ts')] : []),
      '--input-type=module',
      '--eval',
      script,
    ],
    {
      cwd: new URL('../../telemetry/', import.meta.url),
      env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' },
    },
  );
  const [openMetrics = '', plain = '', again = ''] = JSON.parse(stdout) as string[];
  return { openMetrics, plain, again };
}

const linesOf = (text: string, name: string) =>
  text.split('\n').filter((line) => line.startsWith(name));

test('the exemplar of a request is its trace', async () => {
  const { openMetrics, plain, again } = await scrapes({ sdk: true, flags: '01' });
  const exemplars = linesOf(openMetrics, 'http_request_duration_seconds_bucket').flatMap(
    (line) => / # (.*)$/.exec(line)?.[1] ?? [],
  );
  expect(exemplars).toEqual([
    expect.stringMatching(
      new RegExp(`^\\{trace_id="${traceId}",span_id="[0-9a-f]{16}"\\} [0-9.e-]+ [0-9.]+$`),
    ),
  ]);
  // The span of the request, whose parent is the caller's.
  expect(exemplars[0]).not.toContain('b7ad6b7169203331');
  expect(openMetrics.endsWith('# EOF\n')).toBe(true);
  expect(again).toBe(openMetrics);
  expect(plain).not.toContain(traceId);
});

test('a scrape in one format changes nothing in the other', async () => {
  const { openMetrics, plain } = await scrapes({ sdk: false, flags: '01' });
  const sample = 'things_total{service="test"} 2';
  expect(linesOf(plain, 'things')).toEqual([sample]);
  expect(linesOf(plain, '# TYPE things')).toEqual(['# TYPE things_total counter']);
  expect(linesOf(openMetrics, 'things')).toEqual([sample]);
  expect(linesOf(openMetrics, '# TYPE things')).toEqual(['# TYPE things counter']);
});

test.each([
  { sdk: false, flags: '01' },
  { sdk: true, flags: '00' },
] as const)('a request without a trace that is kept has no exemplar: %j', async (options) => {
  const { openMetrics } = await scrapes(options);
  expect(linesOf(openMetrics, 'http_request_duration_seconds_count')).toHaveLength(1);
  expect(openMetrics).not.toContain(traceId);
});
