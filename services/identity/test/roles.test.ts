/** What a person's role lets a program do in that person's name, by whichever way it asks. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import type { PersonEntry } from '../src/people.ts';
import {
  askAsApp,
  authorizeUrl,
  createBrowser,
  exchange,
  newVerifier,
  refresh,
  type Browser,
  type Shown,
  type Tokens,
} from './browser.ts';
import { adaInPerson, ISSUER, setup, shopWeb } from './setup.ts';

const sam = {
  username: 'sam',
  password: 'a password of sam',
  name: 'Sam of the support',
  role: 'support',
} satisfies PersonEntry;

const SUPPORT = 'support:read support:refund';
/** May ask for everything, so that only the person's role stands in the way. */
const clients = [
  { ...shopWeb, scope: `${shopWeb.scope} ${SUPPORT}` },
  {
    clientId: 'command-line',
    deviceFlow: true as const,
    scope: `openid ${SUPPORT}`,
    name: 'Waymark command line',
  },
];

let world: Awaited<ReturnType<typeof setup>>;
let browser: Browser;
beforeEach(async () => {
  world = await setup({ people: [adaInPerson, sam], clients });
  browser = createBrowser(world.app);
});
afterEach(() => world.stop());

const { verifier, challenge } = newVerifier();

/** As far as what comes after the login: the question for consent, or the way back. */
async function logIn({ username, password }: PersonEntry, scope: string): Promise<Shown> {
  const login = await browser.visit(authorizeUrl({ scope, code_challenge: challenge }));
  return browser.submit(login, 'login', { username, password });
}

async function tokensFor(person: PersonEntry, scope: string): Promise<Tokens> {
  const back = await browser.submit(await logIn(person, scope), 'consent');
  const code = back.url.searchParams.get('code') ?? '';
  return (await exchange(world.app, { code, verifier })).json();
}

function expectRefused({ url }: Shown, scopes: string): void {
  expect(url.href).toMatch(/^http:\/\/localhost:53682\/callback\?/);
  expect(url.searchParams.get('error')).toBe('invalid_scope');
  expect(url.searchParams.get('error_description')).toBe(`not for this account: ${scopes}`);
  expect(url.searchParams.has('code')).toBe(false);
}

test('a support person lets a program read and refund orders, and is told so first', async () => {
  const consent = await logIn(sam, `openid ${SUPPORT}`);
  expect(consent.body).toContain('give customers their money back');
  const back = await browser.submit(consent, 'consent');
  const code = back.url.searchParams.get('code') ?? '';
  const tokens = (await exchange(world.app, { code, verifier })).json<Tokens>();
  expect(decodeJwt(tokens.access_token)).toMatchObject({ sub: 'sam', scope: SUPPORT });
  const trail = await world.database.query(
    'select actor, act, object from audit_trail order by seq',
  );
  expect(trail).toEqual([
    { actor: 'list of people', act: 'change-role', object: 'person:sam' },
    { actor: 'sam', act: 'allow', object: 'client:shop-web' },
  ]);
});

test.each(['support:read', 'support:refund'])(
  'a customer cannot say yes to %s, and is not asked',
  async (scope) => {
    expectRefused(await logIn(adaInPerson, `openid orders:read ${scope}`), scope);
  },
);

test('a customer who is signed in already gets no further', async () => {
  await logIn(adaInPerson, 'openid orders:read');
  expectRefused(await browser.visit(authorizeUrl({ scope: `openid ${SUPPORT}` })), SUPPORT);
});

test('a role that is lost between the question and the yes counts', async () => {
  const login = await browser.visit(
    authorizeUrl({ scope: `openid ${SUPPORT}`, code_challenge: challenge }),
  );
  const { username, password } = sam;
  const consent = await browser.submit(login, 'login', { username, password });
  await world.database.query(`update people set role = 'customer' where username = 'sam'`);
  expectRefused(await browser.submit(consent, 'consent'), SUPPORT);
});

test('the support has no orders of its own', async () => {
  expectRefused(await logIn(sam, 'openid orders:read orders:write'), 'orders:read orders:write');
});

test('a customer cannot let the command line have it either', async () => {
  const ask = (path: string, form: Record<string, string>) =>
    askAsApp(world.app, path, { client_id: 'command-line', ...form });
  const started = (await ask('device/auth', { scope: SUPPORT, prompt: 'consent' })).json<{
    device_code: string;
    user_code: string;
  }>();
  const xsrfOf = ({ body }: Shown) => /name="xsrf" value="([^"]+)"/.exec(body)?.[1] ?? '';
  const fieldsOn = (page: Shown) => ({ xsrf: xsrfOf(page), user_code: started.user_code });
  const page = await browser.visit(`${ISSUER}/device`);
  const confirm = await browser.submit(page, 'device', fieldsOn(page));
  const login = await browser.submit(confirm, 'device', { ...fieldsOn(confirm), confirm: 'yes' });
  const { username, password } = adaInPerson;
  const end = await browser.submit(login, 'login', { username, password });
  expect(end.body).not.toContain('Allow Waymark command line?');
  const poll = await ask('token', {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: started.device_code,
  });
  expect(poll.json()).toMatchObject({ error: 'invalid_scope' });
});

test('who leaves the support keeps what was allowed no longer than a token lives', async () => {
  const tokens = await tokensFor(sam, `openid offline_access ${SUPPORT}`);
  expect(decodeJwt(tokens.access_token)).toMatchObject({ scope: SUPPORT });
  const again = (await refresh(world.app, tokens.refresh_token)).json<Tokens>();
  expect(decodeJwt(again.access_token)).toMatchObject({ scope: SUPPORT });
  // As a list of people does that gives him another role, at the next start.
  await world.start({ people: [{ ...sam, role: 'customer' }], clients });
  const last = (await refresh(world.app, again.refresh_token)).json<Tokens>();
  expect(decodeJwt(last.access_token).scope ?? '').toBe('');
});
