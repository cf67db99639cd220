/** The reference page, as a stranger at a browser uses it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hasChromium, launchChromium, testInBrowser } from '@waymark/testing/chromium.ts';
import type { Browser } from 'playwright-core';
import { setup, type World } from './setup.ts';

let world: World;
let browser: Browser;
beforeAll(async () => {
  world = await setup();
  if (hasChromium) browser = await launchChromium();
});
afterAll(async () => {
  if (hasChromium) await browser.close();
  await world.stop();
});

test('the document and the page are there for anybody, and let no script in from elsewhere', async () => {
  const document = await world.ask('/docs/openapi.json');
  expect(document.headers['content-type']).toMatch('application/json');
  expect(JSON.parse(document.text)).toMatchObject({ openapi: '3.1.0' });
  const page = await world.ask('/docs');
  expect(page.headers['content-type']).toMatch('text/html');
  const policy = page.headers['content-security-policy'];
  expect(policy).toContain("default-src 'none'; script-src 'self';");
});

testInBrowser('a stranger gives the page a token and lists orders by it', async () => {
  world.behaviours.orders = (_, answer) => {
    answer.setHeader('content-type', 'application/json').end('{"items":[],"nextCursor":null}');
  };
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  const hosts = new Set<string>();
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  const host = `127.0.0.1:${String(world.port)}`;
  await page.goto(`http://${host}/docs`);
  await page.getByText('Place an order').waitFor();
  await page.getByRole('button', { name: 'Authorize' }).click();
  const form = page.locator('.auth-container form').filter({ hasText: 'accessToken' });
  await form.getByRole('textbox').fill(world.ada.replace('Bearer ', ''));
  await form.getByRole('button', { name: 'Apply' }).click();
  await form.getByRole('button', { name: 'Close' }).click();
  const operation = page.locator('#operations-Orders-listOrders');
  await operation.getByRole('button').first().click();
  await operation.getByRole('button', { name: 'Try it out' }).click();
  await operation.getByRole('button', { name: 'Execute' }).click();
  await operation.locator('.live-responses-table').getByText('nextCursor').waitFor();
  expect(world.received.at(-1)).toMatchObject({ service: 'orders', url: '/v1/orders?limit=20' });
  expect([complaints, [...hosts]]).toEqual([[], [host]]);
  await page.close();
});
