/** A person at a real browser: signs in as ada, allows the app, and the app places an order for her. */
import { afterAll, beforeAll, expect } from '@jest/globals';
import { hasChromium, launchChromium, testInBrowser } from '@waymark/testing/chromium.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { OrderAnswer } from '../lib/shop.ts';
import { startLocalApp, type LocalApp } from './local-app.ts';
import { startCommand } from './scratch.ts';
import {
  orderWith,
  START_MS,
  startTestPlatform,
  STOP_MS,
  type TestPlatform,
} from './test-platform.ts';

let platform: TestPlatform;
let browser: Browser;
let app: LocalApp;

beforeAll(async () => {
  if (!hasChromium) return;
  platform = await startTestPlatform();
  browser = await launchChromium();
  app = await startLocalApp();
}, START_MS);

afterAll(async () => {
  if (!hasChromium) return;
  app.server.close();
  await browser.close();
  await platform.stop();
}, STOP_MS);

function issuer(): string {
  return `${platform.gatewayUrl}/identity`;
}

function authorizeUrl(verifier: string): string {
  const parameters = new URLSearchParams({
    client_id: 'shop-web',
    response_type: 'code',
    redirect_uri: app.redirectUri,
    scope: 'openid offline_access orders:read orders:write',
    prompt: 'consent',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  return `${issuer()}/auth?${parameters.toString()}`;
}

async function signIn(page: Page, password: string): Promise<void> {
  await page.getByLabel('Username').fill('ada');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

function passwordOfAda(): string {
  const ada = platform.secrets.people.find(({ username }) => username === 'ada');
  return ada?.password ?? '';
}

async function getAccessToken(code: string, verifier: string): Promise<string> {
  const answer = await fetch(`${issuer()}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: 'shop-web',
      code,
      code_verifier: verifier,
      redirect_uri: app.redirectUri,
    }),
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { access_token: string }).access_token;
}

testInBrowser(
  'ada signs in with a browser, allows the app, and it places an order of hers',
  async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    const verifier = randomBytes(32).toString('base64url');
    await page.goto(authorizeUrl(verifier));
    // She can type at once.
    expect(await page.locator(':focus').getAttribute('name')).toBe('username');
    await signIn(page, passwordOfAda());
    await page.getByText('place orders and cancel them').waitFor();
    // The policy let our own style through: the button has the colour of moss, not the browser's grey.
    const allow = page.getByRole('button', { name: 'Allow', exact: true });
    const colour = await page.evaluate<string>(
      'getComputedStyle(document.querySelector("button")).backgroundColor',
    );
    expect(colour).toBe('rgb(47, 93, 70)');
    const answer = app.nextAnswer();
    await allow.click();
    const accessToken = await getAccessToken((await answer).get('code') ?? '', verifier);
    const placed = await fetch(`${platform.gatewayUrl}/v1/orders`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${accessToken}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify(orderWith()),
    });
    expect(placed.status).toBe(201);
    expect(((await placed.json()) as OrderAnswer).state).toBe('placed');
    expect(complaints.filter((text) => !text.includes('favicon'))).toEqual([]);
    await page.close();
  },
);

testInBrowser(
  'a wrong password is announced, and the next word goes into the password field',
  async () => {
    const context = await browser.newContext({ viewport: { width: 360, height: 640 } });
    const page = await context.newPage();
    await page.goto(authorizeUrl(randomBytes(32).toString('base64url')));
    await signIn(page, 'not the password');
    expect(await page.getByRole('alert').textContent()).toContain('do not belong together');
    expect(await page.locator(':focus').getAttribute('name')).toBe('password');
    // Nothing has to be scrolled sideways on a small phone.
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(360);
    await context.close();
  },
);

testInBrowser(
  'a person signs in for the command line, which then orders as that person',
  async () => {
    const { directory } = platform;
    const run = (command: string, ...args: string[]) =>
      startCommand({ WAYMARK_DIRECTORY: directory }, command, ...args);
    const login = run('login');
    const [, address = '', code = ''] = await eventually(() => {
      const shown = /open (\S+) and enter the code (\S+)/.exec(login.output());
      if (shown === null) throw new Error('no code yet');
      return shown;
    });
    const page = await browser.newPage();
    await page.goto(address);
    await page.getByLabel('Code').fill(code);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('button', { name: 'It is mine' }).click();
    await signIn(page, passwordOfAda());
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.getByRole('heading', { name: 'Done' }).waitFor();
    expect(await login.ended).toBe(0);
    const { mode } = await stat(path.join(directory, 'login.json'));
    expect(mode & 0o077).toBe(0);
    const order = run('order', '--as', 'me');
    expect(await order.ended).toBe(0);
    expect(order.output()).toContain('-> confirmed');
  },
);
