/** The smoke test on shops that are broken in one way each. That it passes on a whole one: platform.test.ts. */
import { expect, test } from '@jest/globals';
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { createServer } from 'node:http';
import { smoke } from '../lib/delivery/smoke-checks.ts';

type Page = [status: number, body: string, type?: string];

const whole: Record<string, Page> = {
  '/v1/products?limit=1': [200, '{"items":[{"id":"tent"}]}'],
  '/v1/products/tent': [200, '{"id":"tent"}'],
  '/v1/orders': [401, '{"status":401}', 'application/problem+json'],
  '/identity/.well-known/openid-configuration': [200, '{"token_endpoint":"any"}'],
  '/identity/jwks': [200, '{"keys":[{}]}'],
};

/** The rules that a shop breaks which has `changed` in place of what a whole one answers. */
async function brokenBy(changed: Record<string, Page>): Promise<string[]> {
  const pages = { ...whole, ...changed };
  const server = createServer((request, response) => {
    const [status, body, type = 'application/json'] = pages[request.url ?? ''] ?? [404, '{}'];
    response.writeHead(status, { 'content-type': type }).end(body);
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  try {
    const findings = await smoke(`http://127.0.0.1:${String(port)}`);
    return findings.filter(({ complaint }) => complaint !== undefined).map(({ rule }) => rule);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test.each<[Record<string, Page>, string[]]>([
  [{}, []],
  [{ '/v1/products?limit=1': [200, '{"items":[]}'] }, ['the catalogue has products']],
  [{ '/v1/products/tent': [503, '{}'] }, ['the catalogue has products']],
  [{ '/v1/orders': [201, '{}'] }, ['an order without a token is refused as a problem']],
  [
    { '/v1/orders': [401, 'no', 'text/plain'] },
    ['an order without a token is refused as a problem'],
  ],
  [{ '/identity/jwks': [200, '{"keys":[]}'] }, ['tokens can be had, and checked']],
  [{ '/metrics': [200, 'up 1', 'text/plain'] }, ['the operations port is not behind the door']],
])('a shop with %j breaks %j', async (changed, rules) => {
  expect(await brokenBy(changed)).toEqual(rules);
});

test('a shop that does not answer breaks every rule', async () => {
  const findings = await smoke(`http://127.0.0.1:${String(await freePort())}`);
  expect(findings.every(({ complaint }) => complaint?.startsWith('no answer'))).toBe(true);
});
