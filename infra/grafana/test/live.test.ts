/** Dashboards and rules on the running platform: what they name is there, and what they ask has an answer. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { describeWithDocker } from '@waymark/testing/docker.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import {
  startPrometheus,
  type PrometheusContainer,
} from '@waymark/testing/prometheus-container.ts';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { followOrder } from '../../../commands/lib/follow-order.ts';
import { createShop, demoAddress } from '../../../commands/lib/shop.ts';
import { receiveSpans } from '../../../commands/test/otlp-receiver.ts';
import { startPlatform, type Platform } from '../../embedded/platform.ts';
import { metricsIn, readRules, rulesDirectory } from '../../prometheus/test/promql.ts';
import { scrapeConfig } from '../../prometheus/test/scrape-config.ts';
import { readQueries } from './panels.ts';

let directory: string;
let receiver: Awaited<ReturnType<typeof receiveSpans>>;
let platform: Platform;
const queries = readQueries({ __rate_interval: '20s', service: 'orders' });
const rules = readRules();
const records = new Set(rules.flatMap(({ record }) => record ?? []));
const objectives = rules
  .filter(({ record }) => record === 'slo:objective:ratio')
  .map(({ labels }) => labels?.slo);

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'waymark-dashboards-'));
  receiver = await receiveSpans();
  platform = await startPlatform({
    directory,
    gatewayPort: await freePort(),
    say: () => undefined,
    extra: {
      RATE_LIMIT_SCALE: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
  });
  await order('tok_approve');
}, 90_000);

afterAll(async () => {
  await platform.stop();
  await receiver.stop();
  await rm(directory, { recursive: true, force: true });
}, 30_000);

/** Places an order and follows it live to its end. */
async function order(cardToken: string): Promise<void> {
  const { state, secrets } = platform;
  const shop = createShop({ gatewayUrl: state.gatewayUrl, clients: secrets.clients });
  const lines = [{ productId: 'alloy-cookset-for-four', quantity: 1 }];
  const body = { lines, payment: { cardToken }, shipTo: demoAddress };
  const sentAt = performance.now();
  const placed = await shop.place('ada', body, randomUUID());
  await followOrder(shop, { as: 'ada', id: placed.body.id, sentAt }, () => undefined);
}

async function exposedNames(): Promise<Set<string>> {
  const texts = await Promise.all(
    Object.values(platform.state.ports.services).map(async ({ operationsPort }) => {
      const response = await fetch(`http://127.0.0.1:${String(operationsPort)}/metrics`);
      return response.text();
    }),
  );
  // A gauge that nothing is to be said of has a type, and no series.
  return new Set(texts.join('\n').match(/(?<=^# TYPE )\w+|^\w+/gm));
}

test('every metric in a rule or on a dashboard is one that a service exposes or a rule records', async () => {
  const known = (await exposedNames()).union(records).union(new Set(['up', 'ALERTS']));
  const used = [...queries, ...rules].flatMap(({ expr }) => metricsIn(expr));
  expect(used.length).toBeGreaterThan(50);
  expect(used.filter((name) => !known.has(name))).toEqual([]);
});

describeWithDocker('with Prometheus', () => {
  let prometheus: PrometheusContainer;
  let isOver = false;
  let ordering: Promise<void>;

  beforeAll(async () => {
    const targets = Object.entries(platform.state.ports.services).map(
      ([name, { operationsPort }]) => [name, `127.0.0.1:${String(operationsPort)}`] as const,
    );
    prometheus = await startPrometheus(scrapeConfig(new Map(targets)), rulesDirectory);
    // A rate is seen only in what grows between two scrapes.
    ordering = (async () => {
      for (let count = 0; !isOver; count += 1)
        await order(count % 3 === 0 ? 'tok_decline' : 'tok_approve');
    })();
  }, 60_000);

  afterAll(async () => {
    isOver = true;
    await ordering;
    await prometheus.stop();
  }, 60_000);

  test('every panel has something to show', async () => {
    await eventually(async () => {
      const answers = await Promise.all(
        queries.map(async ({ where, expr }) => ({
          where,
          expr,
          series: (await prometheus.query(expr)).length,
        })),
      );
      expect(answers.filter(({ series }) => series === 0)).toEqual([]);
    }, 45_000);
  }, 60_000);

  test('every rule is evaluated without an error, and records a value for every objective', async () => {
    interface Evaluated {
      name: string;
      health: string;
      lastError?: string;
    }
    await eventually(async () => {
      const { groups } = await prometheus.ask<{ groups: { rules: Evaluated[] }[] }>('rules');
      const evaluated = groups.flatMap((group) => group.rules);
      expect(evaluated).toHaveLength(rules.length);
      expect(evaluated.filter(({ health }) => health !== 'ok')).toEqual([]);
      for (const record of records) {
        const found = (await prometheus.query(record)).map(({ metric }) => metric.slo);
        expect([record, found.toSorted()]).toEqual([record, objectives.toSorted()]);
      }
    }, 30_000);
  }, 60_000);

  test('a service that is stopped is missed', async () => {
    const missing = () => prometheus.query('up{job="waymark"} == 0');
    expect(await missing()).toEqual([]);
    platform.processes.psp.kill('SIGSTOP');
    await eventually(async () => {
      expect((await missing()).map(({ metric }) => metric.service)).toEqual(['psp']);
    });
    platform.processes.psp.kill('SIGCONT');
    await eventually(async () => (await missing()).length === 0, 20_000);
  }, 60_000);

  test('the points of a histogram lead to traces that were sent', async () => {
    const withPoints = queries.filter(({ exemplar }) => exemplar === true);
    expect(withPoints.length).toBeGreaterThan(0);
    for (const { expr, where } of withPoints) {
      await eventually(async () => {
        const found = await prometheus.ask<{ exemplars: { labels: { trace_id: string } }[] }[]>(
          'query_exemplars',
          { query: expr, start: String(Date.now() / 1000 - 300), end: String(Date.now() / 1000) },
        );
        const ids = found.flatMap(({ exemplars }) =>
          exemplars.map(({ labels }) => labels.trace_id),
        );
        const sent = new Set(receiver.spans.map(({ traceId }) => traceId));
        expect([where, ids.some((id) => sent.has(id))]).toEqual([where, true]);
      }, 20_000);
    }
  }, 60_000);
});
