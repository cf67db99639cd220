/** Sampling needs OpenTelemetry's SDK, which is loaded before anything else: the process is another one. */
import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331';
const file = (path: string) => new URL(path, import.meta.url).href;

/** What there is within a request of that trace, and what it passes on. */
async function withinRequest(traceparent: string): Promise<unknown> {
  const script = `
    import { outgoingHeaders, runInContext } from '${file('../src/context.ts')}';
    import { inSpan, startRequestSpan, startSpan } from '${file('../src/span.ts')}';
    const request = { method: 'GET', route: '/things', path: '/things', traceparent: '${traceparent}' };
    const span = startRequestSpan(request);
    const seen = await runInContext({ traceparent: span.traceparent }, async () => ({
      request: span.end !== undefined,
      child: startSpan('child', { kind: 'internal' }) !== undefined,
      // Within a span the instrumentation of undici adds the header.
      passedOn: await inSpan('work', { kind: 'internal' }, async () => outgoingHeaders().traceparent ?? 'by undici'),
    }));
    process.stdout.write(JSON.stringify(seen), () => process.exit());`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', file('../src/register.ts'), '--input-type=module', '--eval', script],
    {
      cwd: new URL('../', import.meta.url),
      env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' },
    },
  );
  return JSON.parse(stdout);
}

test('a sampled request has a span, and so has what is done for it', async () => {
  const seen = await withinRequest(`${trace}-01`);
  expect(seen).toEqual({ request: true, child: true, passedOn: 'by undici' });
});

test('in a request that is not sampled nothing has a span, and the trace goes on as not sampled', async () => {
  const seen = await withinRequest(`${trace}-00`);
  expect(seen).toEqual({
    request: false,
    child: false,
    passedOn: expect.stringMatching(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-00$/),
  });
});
