/** The check of the error budgets, on a Prometheus that answers what a test says, and on a real one with our rules. */
import { expect, test } from '@jest/globals';
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { describeWithDocker } from '@waymark/testing/docker.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { startPrometheus } from '@waymark/testing/prometheus-container.ts';
import { execFile } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import path from 'node:path';
import { FAST, judge, readBurns } from '../lib/delivery/slo.ts';

const root = path.join(import.meta.dirname, '../..');

/** Runs the command as a workflow does. */
function check(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const command = ['commands/slo-check.ts', ...args];
    execFile(process.execPath, command, { cwd: root }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
    });
  });
}

async function listen(listener: RequestListener) {
  const server = createServer(listener);
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String(port)}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A Prometheus that knows two objectives, whose burn rates a test sets. */
function prometheusWith(rates: Record<string, string>) {
  return listen((request, response) => {
    const expr = new URL(request.url ?? '', 'http://any').searchParams.get('query') ?? '';
    const budgets = { intake: '0.001', freshness: '0.01' };
    const numbers = expr === 'slo:error_budget:ratio' ? budgets : rates;
    const result = Object.entries(numbers).map(([slo, value]) => ({
      metric: { slo },
      value: [0, value],
    }));
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
  });
}

test.each([
  [{ intake: '0', freshness: '1.5' }, 0, 'calm'],
  [{ intake: '14.5', freshness: '0' }, 1, 'burning'],
  [{ intake: '14.5', freshness: 'NaN' }, 1, 'burning'],
  [{ intake: '0', freshness: 'NaN' }, 2, 'unknown'],
  [{ intake: '0' }, 2, 'unknown'],
  [{}, 2, 'unknown'],
])('burn rates %j end with %i', async (rates, code, verdict) => {
  await using prometheus = await prometheusWith(rates);
  const answer = await check('--prometheus', prometheus.url);
  expect(answer.output).toContain(`${verdict}: the limit is 14.4, over 10m`);
  expect(answer.code).toBe(code);
});

test('the limit is what the caller says', async () => {
  await using prometheus = await prometheusWith({ intake: '1.5', freshness: '0' });
  expect((await check('--prometheus', prometheus.url, '--limit', '1')).code).toBe(1);
  expect((await check('--prometheus', prometheus.url, '--limit', '2')).code).toBe(0);
});

test('a Prometheus that is away, or that is none, is no data and no crash', async () => {
  const away = await check('--prometheus', `http://127.0.0.1:${String(await freePort())}`);
  expect(away).toEqual({ code: 2, output: expect.stringMatching(/no answer from Prometheus/) });
  await using page = await listen((_, response) => response.end('<html>Sign in</html>'));
  expect((await check('--prometheus', page.url)).code).toBe(2);
});

/** What a gateway would say after `orders` orders, of which `failed` got a 500. */
function metricsOf({ orders, failed }: { orders: number; failed: number }): string {
  const labels = 'service="gateway",method="POST",route="/v1/orders"';
  const name = 'http_request_duration_seconds';
  return `# TYPE ${name} histogram
${name}_count{${labels},status="2xx"} ${String(orders - failed)}
${name}_bucket{${labels},status="2xx",le="0.25"} ${String(orders - failed)}
${name}_count{${labels},status="5xx"} ${String(failed)}
`;
}

describeWithDocker('the rules of infra/prometheus, on a real Prometheus', () => {
  test('a gateway that fails one order in ten burns, and objectives without events are named', async () => {
    const startedAt = performance.now();
    await using gateway = await listen((_, response) => {
      const orders = Math.round((performance.now() - startedAt) / 10);
      response.setHeader('content-type', 'text/plain; version=0.0.4');
      response.end(metricsOf({ orders, failed: Math.round(orders / 10) }));
    });
    const config = `
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [/etc/prometheus/rules/*.yml]
scrape_configs:
  - job_name: waymark
    honor_labels: true
    static_configs: [{ targets: ['${new URL(gateway.url).host}'] }]
`;
    const prometheus = await startPrometheus(config, path.join(root, 'infra/prometheus/rules'));
    try {
      await eventually(async () => {
        const burns = await readBurns(prometheus.url, '1m');
        const rates = new Map(burns.map(({ slo, rate }) => [slo, rate]));
        expect(rates.get('intake-availability')).toBeCloseTo(100, -1);
        expect(rates.get('intake-latency')).toBe(0);
        expect([...rates].filter(([, rate]) => rate === undefined).map(([slo]) => slo)).toEqual([
          'confirmation-latency',
          'live-update-freshness',
        ]);
        expect(judge(burns, FAST)).toBe('burning');
        expect(judge(burns, 200)).toBe('unknown');
      }, 60_000);
    } finally {
      await prometheus.stop();
    }
  }, 120_000);
});
