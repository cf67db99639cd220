/** A program without a browser of its own, and the person who lets it in (RFC 8628). */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { askAsApp, createBrowser, type Browser, type Shown, type Tokens } from './browser.ts';
import { adaInPerson, ISSUER, setup } from './setup.ts';

let world: Awaited<ReturnType<typeof setup>>;
let browser: Browser;
beforeEach(async () => {
  world = await setup({ people: [adaInPerson] });
  browser = createBrowser(world.app);
});
afterEach(() => world.stop());

interface Started {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  expires_in: number;
}

const scope = 'openid offline_access orders:read orders:write';

const start = (form: Record<string, string> = {}) =>
  askAsApp(world.app, 'device/auth', {
    client_id: 'command-line',
    scope,
    prompt: 'consent',
    ...form,
  });
const started = async () => (await start()).json<Started>();

const poll = (code: string, form: Record<string, string> = {}) =>
  askAsApp(world.app, 'token', {
    client_id: 'command-line',
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: code,
    ...form,
  });

function xsrfOf({ body }: Shown): string {
  return /name="xsrf" value="([^"]+)"/.exec(body)?.[1] ?? '';
}

async function enter(code: string, by = browser): Promise<Shown> {
  const page = await by.visit(`${ISSUER}/device`);
  return by.submit(page, 'device', { xsrf: xsrfOf(page), user_code: code });
}

/** As far as the page that asks what the program may do. */
async function toConsent(code: string): Promise<Shown> {
  const confirm = await enter(code);
  const fields = { xsrf: xsrfOf(confirm), user_code: code, confirm: 'yes' };
  const login = await browser.submit(confirm, 'device', fields);
  const { username, password } = adaInPerson;
  return browser.submit(login, 'login', { username, password });
}

test('a person lets a program in, which then has tokens of that person and can renew them', async () => {
  const { device_code: code, user_code: shown, ...rest } = await started();
  expect(rest).toMatchObject({ verification_uri: `${ISSUER}/device`, expires_in: 600 });
  expect(shown).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
  expect((await poll(code)).json()).toMatchObject({ error: 'authorization_pending' });
  const consent = await toConsent(shown);
  expect(consent.body).toContain('Allow Waymark command line?');
  expect(consent.body).toContain('place orders and cancel them');
  expect((await browser.submit(consent, 'consent')).body).toContain('Go back to the program');

  const tokens = (await poll(code)).json<Tokens>();
  expect(decodeJwt(tokens.access_token)).toMatchObject({
    sub: 'ada',
    client_id: 'command-line',
    scope: 'orders:read orders:write',
  });
  const form = { client_id: 'command-line', grant_type: 'refresh_token' };
  const renewed = await askAsApp(world.app, 'token', {
    ...form,
    refresh_token: tokens.refresh_token,
  });
  expect(renewed.json()).toMatchObject({ scope: 'orders:read orders:write' });
});

test('a code is worth tokens once, and never to another program', async () => {
  const { device_code: code, user_code: shown } = await started();
  await browser.submit(await toConsent(shown), 'consent');
  const other = await poll(code, { client_id: 'shop-web' });
  expect(other.statusCode).toBe(400);
  expect((await poll(code)).statusCode).toBe(200);
  expect((await poll(code)).json()).toMatchObject({ error: 'invalid_grant' });
});

test('of many polls at the same moment one gets the tokens', async () => {
  const { device_code: code, user_code: shown } = await started();
  await browser.submit(await toConsent(shown), 'consent');
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => poll(code)));
  expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
});

test('who says no, on either page, ends the wait of the program', async () => {
  const first = await started();
  const confirm = await enter(first.user_code);
  const refused = await browser.submit(confirm, 'device', {
    xsrf: xsrfOf(confirm),
    user_code: first.user_code,
    confirm: 'yes',
    abort: 'yes',
  });
  expect(refused.body).toContain('Not allowed');
  expect((await poll(first.device_code)).json()).toMatchObject({ error: 'access_denied' });
  const second = await started();
  await browser.submit(await toConsent(second.user_code), 'cancel');
  expect((await poll(second.device_code)).json()).toMatchObject({ error: 'access_denied' });
});

test('the page names the program and the code before anything is allowed', async () => {
  const { user_code: shown } = await started();
  const confirm = await enter(shown.toLowerCase().replace('-', ' '));
  expect(confirm.body).toContain('Waymark command line');
  expect(confirm.body).toContain(shown);
  expect(confirm.body).toContain('somebody sent you');
  expect(confirm.body).not.toContain('autofocus');
});

test('a link with the code fills it in and does nothing else, and has no script', async () => {
  const { verification_uri_complete: link, user_code: shown, device_code: code } = await started();
  const page = await browser.visit(link);
  expect(page.body).toContain(`value="${shown}"`);
  expect(page.body).not.toContain('<script');
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  expect((await poll(code)).json()).toMatchObject({ error: 'authorization_pending' });
  const spoilt = await browser.visit(`${ISSUER}/device?user_code=%22%3E%3Cscript%3E`);
  expect(spoilt.body).not.toContain('<script');
});

test.each([
  ['wrong', async () => 'BBBB-BBBB'],
  ['no code at all', async () => ''],
  ['markup', async () => '"><script>'],
  [
    'over',
    async () => {
      const { user_code: code } = await started();
      world.time.now = new Date(Date.now() + 601_000);
      return code;
    },
  ],
])('a code that is %s is said to be so, on the same page', async (_what, code) => {
  const again = await enter(await code());
  expect(again.body).toContain('That code is not right, or its time is over.');
  expect(again.body).toContain('aria-invalid="true"');
  expect(again.body).not.toContain('<script');
});

test('who mistypes the code can type it again on the page that says so', async () => {
  const { user_code: shown } = await started();
  const again = await enter('BBBB-BBBB');
  const fields = { xsrf: xsrfOf(again), user_code: shown };
  const confirm = await browser.submit(again, 'device', fields);
  expect(confirm.body).toContain('Is this yours?');
});

test('a code cannot be confirmed by a form of another site, nor from another browser', async () => {
  const { user_code: shown, device_code: code } = await started();
  const confirm = await enter(shown);
  const fields = { user_code: shown, confirm: 'yes' };
  const guessed = await browser.submit(confirm, 'device', { ...fields, xsrf: 'guessed' });
  expect(guessed.status).toBe(400);
  const stranger = createBrowser(world.app);
  const there = await stranger.submit(confirm, 'device', { ...fields, xsrf: xsrfOf(confirm) });
  expect(there.status).toBe(400);
  expect((await poll(code)).json()).toMatchObject({ error: 'authorization_pending' });
});

test('only a client of this flow may start it, and for no more than it has', async () => {
  expect((await start({ client_id: 'shop-web' })).statusCode).toBe(400);
  expect((await start({ client_id: 'ada' })).statusCode).toBe(401);
  expect((await start({ scope: 'openid catalog:write' })).json()).toMatchObject({
    error: 'invalid_scope',
  });
});
