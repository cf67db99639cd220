/** The attack suite against a platform of its own, and against servers that it must not be content with. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { families } from '../lib/attack/families.ts';
import { rateLimits } from '../lib/attack/limits.ts';
import { runAttacks, summaryOf, type Row } from '../lib/attack/run-attacks.ts';
import { checkTarget, createTarget } from '../lib/attack/target.ts';
import { START_MS, startTestPlatform, STOP_MS, type TestPlatform } from './test-platform.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startTestPlatform();
}, START_MS);
afterAll(() => platform.stop(), STOP_MS);

let naive: Server | undefined;
afterEach(() => {
  naive?.close();
  naive?.closeAllConnections();
});

/** A shop that has none of the clients and people, at this address. */
const nobodysShop = (gatewayUrl: string) =>
  createTarget({
    gatewayUrl,
    clients: [],
    people: [],
    databaseUrl: () => `postgres://nobody@${new URL(gatewayUrl).host}/nothing`,
  });

/** Answers anybody 200 times, and believes of an address what it is told. */
async function startNaiveShop(): Promise<string> {
  const asked = new Map<string, number>();
  naive = createServer(({ headers, socket, url }, answer) => {
    if (url?.startsWith('/identity') === true) return answer.writeHead(404).end();
    const address = [headers['x-forwarded-for'] ?? socket.remoteAddress].join().split(',')[0] ?? '';
    const count = (asked.get(address) ?? 0) + 1;
    asked.set(address, count);
    const [status, body] = count > 200 ? [429, { code: 'rate-limited' }] : [200, { items: [] }];
    return answer
      .writeHead(status, { 'retry-after': '1', ratelimit: '"public";r=0;t=1' })
      .end(JSON.stringify(body));
  });
  naive.listen(0, '127.0.0.1');
  await once(naive, 'listening');
  return `http://127.0.0.1:${String((naive.address() as AddressInfo).port)}`;
}

function named(rows: Row[], outcome: Row['outcome']): string[] {
  return rows.filter((row) => row.outcome === outcome).map(({ attack }) => attack);
}

test('no attack gets through, and each was carried out', async () => {
  const { secrets, gatewayUrl, urlOf } = platform;
  const target = createTarget({ ...secrets, gatewayUrl, databaseUrl: urlOf });
  const rows = await runAttacks(target, families, () => undefined);
  target.close();
  expect(rows.filter(({ outcome }) => outcome !== 'refused')).toEqual([]);
  expect(new Set(rows.map(({ family }) => family)).size).toBe(families.length);
  expect(rows.length).toBeGreaterThan(400);
}, 120_000);

test('a shop that believes X-Forwarded-For is found out, by just those attacks', async () => {
  const target = nobodysShop(await startNaiveShop());
  const rows = await runAttacks(target, [rateLimits], () => undefined);
  target.close();
  const isForwarded = (name: string) => name.startsWith('X-Forwarded-For');
  const through = named(rows, 'THROUGH');
  expect(through).toHaveLength(4);
  expect(through.every(isForwarded)).toBe(true);
  expect(named(rows, 'refused').some(isForwarded)).toBe(false);
  expect(summaryOf(rows)).toMatch(/^14 attacks: 9 refused, 4 through, 1 not carried out$/);
});

test('where nothing answers, nothing was refused', async () => {
  const target = nobodysShop(`http://127.0.0.1:${String(await freePort())}`);
  const rows = await runAttacks(target, families, () => undefined);
  expect(named(rows, 'NOT CARRIED OUT')).toHaveLength(families.length);
  expect(rows).toHaveLength(families.length);
});

test('only this machine is attacked', () => {
  for (const url of ['http://localhost:8080', 'http://127.0.0.1:1', 'http://[::1]:8080'])
    expect(() => {
      checkTarget(url);
    }).not.toThrow();
  for (const url of [
    'https://shop.example',
    'http://10.0.0.1',
    'http://localhost.example',
    'http://gateway:8080',
  ])
    expect(() => {
      checkTarget(url);
    }).toThrow('attacks go to this machine only');
});
