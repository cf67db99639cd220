import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  askAsApp,
  authorizeUrl,
  CALLBACK,
  createBrowser,
  exchange,
  refresh,
  signIn,
  type Browser,
  type Tokens,
} from './browser.ts';
import { adaInPerson, ISSUER, setup } from './setup.ts';

let world: Awaited<ReturnType<typeof setup>>;
let browser: Browser;
beforeEach(async () => {
  world = await setup({ people: [adaInPerson] });
  browser = createBrowser(world.app);
});
afterEach(() => world.stop());

async function getTokens(): Promise<Tokens> {
  const answer = await exchange(world.app, await signIn(browser));
  expect(answer.statusCode).toBe(200);
  return answer.json();
}

function expectRefused(answer: Awaited<ReturnType<typeof exchange>>, error: string): void {
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ error });
}

test('a refresh gives a new pair, for no more than was allowed', async () => {
  const first = await getTokens();
  const answer = await refresh(world.app, first.refresh_token);
  expect(answer.json()).toMatchObject({ scope: 'orders:read orders:write' });
  const second = answer.json<Tokens>();
  expect(second.refresh_token).not.toBe(first.refresh_token);
  const less = await refresh(world.app, second.refresh_token, { scope: 'orders:read' });
  expect(less.json()).toMatchObject({ scope: 'orders:read' });
  const more = { scope: 'orders:read catalog:write' };
  expectRefused(await refresh(world.app, less.json<Tokens>().refresh_token, more), 'invalid_scope');
});

test('a refresh token that is used a second time takes its successor with it', async () => {
  const first = await getTokens();
  const second = (await refresh(world.app, first.refresh_token)).json<Tokens>();
  expectRefused(await refresh(world.app, first.refresh_token), 'invalid_grant');
  expectRefused(await refresh(world.app, second.refresh_token), 'invalid_grant');
});

test('a robbed program is signed out alone: another of the same person goes on', async () => {
  const robbed = await getTokens();
  browser.forget();
  const other = await getTokens();
  await refresh(world.app, robbed.refresh_token);
  expectRefused(await refresh(world.app, robbed.refresh_token), 'invalid_grant');
  expect((await refresh(world.app, other.refresh_token)).statusCode).toBe(200);
});

test('a person who is no longer there gets no new tokens', async () => {
  const tokens = await getTokens();
  await world.database.query('delete from people');
  expectRefused(await refresh(world.app, tokens.refresh_token), 'invalid_grant');
});

test('an app can give its refresh token back', async () => {
  const tokens = await getTokens();
  const answer = await askAsApp(world.app, 'token/revocation', { token: tokens.refresh_token });
  expect(answer.statusCode).toBe(200);
  expectRefused(await refresh(world.app, tokens.refresh_token), 'invalid_grant');
});

test('signing out leads back to the app, and the next sign-in asks for the password', async () => {
  const { id_token: hint } = await getTokens();
  const parameters = new URLSearchParams({
    id_token_hint: hint,
    post_logout_redirect_uri: CALLBACK,
    state: 'bye',
  });
  const question = await browser.visit(`${ISSUER}/session/end?${parameters.toString()}`);
  expect(question.body).toContain('Sign out?');
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(question.body)?.[1] ?? '';
  const left = await browser.submit(question, 'confirm', { xsrf, logout: 'yes' });
  expect(left.url.href).toBe(`${CALLBACK}?state=bye`);
  expect((await browser.visit(authorizeUrl())).body).toContain('name="password"');
});

test('signing out takes the form of our own page', async () => {
  await getTokens();
  const question = await browser.visit(`${ISSUER}/session/end`);
  const refused = await browser.submit(question, 'confirm', { xsrf: 'guessed', logout: 'yes' });
  expect(refused.status).toBe(400);
  expect((await browser.visit(authorizeUrl())).body).toContain('Allow Waymark shop?');
});

test('what was allowed while away stays allowed after signing out', async () => {
  const tokens = await getTokens();
  const question = await browser.visit(`${ISSUER}/session/end`);
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(question.body)?.[1] ?? '';
  await browser.submit(question, 'confirm', { xsrf, logout: 'yes' });
  expect((await refresh(world.app, tokens.refresh_token)).statusCode).toBe(200);
});

test('who signs out without an app sees that it is done', async () => {
  await getTokens();
  const question = await browser.visit(`${ISSUER}/session/end`);
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(question.body)?.[1] ?? '';
  const done = await browser.submit(question, 'confirm', { xsrf, logout: 'yes' });
  expect(done.body).toContain('Signed out');
});
