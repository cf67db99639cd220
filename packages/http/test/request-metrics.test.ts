import { expect, test } from '@jest/globals';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createMetrics } from '@waymark/telemetry/metrics.ts';
import { createServer } from '../src/server.ts';

async function setup() {
  const metrics = createMetrics('test');
  const server = createServer({ log: silentLog, metrics });
  server.get('/things/:id', async () => 'a thing');
  server.get('/bug', async () => {
    throw new TypeError('broken');
  });
  return {
    server,
    /** The counts of the histogram, as the scrape says them. */
    async counts(): Promise<string[]> {
      const text = await metrics.metrics();
      return text
        .split('\n')
        .filter((line) => line.startsWith('http_request_duration_seconds_count'));
    },
  };
}

const count = (route: string, status: string, value: number) =>
  `http_request_duration_seconds_count{service="test",method="GET",route="${route}",status="${status}"} ${String(value)}`;

test('requests are counted and timed by the pattern of their route, not by their address', async () => {
  const { server, counts } = await setup();
  for (const url of ['/things/1', '/things/2', '/bug']) await server.inject(url);
  expect(await counts()).toEqual([count('/things/:id', '2xx', 2), count('/bug', '5xx', 1)]);
});

test('addresses that nothing lives at share one series, however many are tried', async () => {
  const { server, counts } = await setup();
  for (let index = 0; index < 20; index += 1) await server.inject(`/nowhere/${String(index)}`);
  expect(await counts()).toEqual([count('unknown', '4xx', 20)]);
});
