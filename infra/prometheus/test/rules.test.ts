/** The rules are valid, do what their unit tests say, and are explained where an alert sends people. */
import { expect, test } from '@jest/globals';
import { describeWithDocker } from '@waymark/testing/docker.ts';
import { prometheusImage } from '@waymark/testing/prometheus-container.ts';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { serviceNames } from '../../embedded/names.ts';
import { metricsIn, readRules } from './promql.ts';
import { scrapedServices } from './scrape-config.ts';

const root = path.join(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

test('the names in an expression are told from labels, functions, strings and durations', () => {
  const expr = `sum by (le, service) (rate(a_bucket{le="0.25", x=~"b|c"}[5m])) / on (slo) d:e:rate5m{f="g"}
    and max(h offset 5m) > 14.4 * i or vector(0) unless time() - j`;
  expect(metricsIn(expr)).toEqual(['a_bucket', 'd:e:rate5m', 'h', 'i', 'j']);
});

test('each alert says how urgent it is, and leads to its part of the runbook', () => {
  const alerts = readRules().filter((rule) => rule.alert !== undefined);
  const page = read('docs/observability.md');
  expect(alerts.length).toBeGreaterThan(0);
  for (const { alert = '', labels, annotations } of alerts) {
    expect(['page', 'ticket']).toContain(labels?.severity);
    expect(annotations?.summary).toMatch(/^.{10,}$/);
    expect(annotations?.runbook_url).toBe(`docs/observability.md#${alert.toLowerCase()}`);
    expect(page).toContain(`\n### ${alert}\n`);
  }
  const headings = [...page.matchAll(/^### (\w+)$/gm)].map(([, heading]) => heading);
  expect(headings.toSorted()).toEqual(alerts.map(({ alert }) => alert).toSorted());
});

test("the objectives are those of the operator's page", () => {
  const rules = readRules();
  const promised = [...read('docs/operations.md').matchAll(/^\| `([\w-]+)` \| ([\d.]+) % /gm)];
  const measured = rules.filter(({ record }) => record === 'slo:objective:ratio');
  expect(
    measured.map(({ labels, expr }) => [labels?.slo, Number(/[\d.]+/.exec(expr)?.[0]) * 100]),
  ).toEqual(promised.map(([, slo, percent]) => [slo, Number(percent)]));
  for (const record of ['slo:events:rate5m', 'slo:errors:rate5m'])
    expect(rules.filter((rule) => rule.record === record).map(({ labels }) => labels?.slo)).toEqual(
      measured.map(({ labels }) => labels?.slo),
    );
});

test('every service is scraped, under its own name', () => {
  expect(scrapedServices().toSorted()).toEqual(serviceNames.toSorted());
});

/** What promtool prints; throws it where it is not content. */
async function promtool(...args: string[]): Promise<string> {
  const folder = path.join(root, 'infra/prometheus');
  const docker = ['run', '--rm', '--volume', `${folder}:/etc/prometheus:ro`];
  const { stdout } = await promisify(execFile)('docker', [
    ...[...docker, '--workdir', '/etc/prometheus', '--entrypoint', 'promtool', prometheusImage],
    ...args,
  ]);
  return stdout;
}

describeWithDocker('promtool', () => {
  test('takes the configuration with all rules, without a remark', async () => {
    const output = await promtool('check', 'config', '--lint-fatal', 'prometheus.yml');
    expect(output).toContain('SUCCESS');
  }, 60_000);

  test.each(['slo', 'alerts'])(
    'finds that the rules do what %s.unit.yml says',
    async (name) => {
      expect(await promtool('test', 'rules', `test/${name}.unit.yml`)).toContain('SUCCESS');
    },
    60_000,
  );
});
