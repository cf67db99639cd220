import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { authorizeUrl, createBrowser, type Browser } from './browser.ts';
import { adaInPerson, ISSUER, setup } from './setup.ts';

const { username, password } = adaInPerson;
const ada = { username, password };
const wrong = { username, password: 'not the password' };
const stranger = { username: 'eve', password };
const { origin } = new URL(ISSUER);

let world: Awaited<ReturnType<typeof setup>>;
let browser: Browser;
beforeEach(async () => {
  world = await setup({ people: [adaInPerson] });
  browser = createBrowser(world.app);
});
afterEach(() => world.stop());

const openLogin = (changes = {}) => browser.visit(authorizeUrl(changes));

test('a wrong password and an unknown person get the same answer', async () => {
  const login = await openLogin();
  const answers = [];
  for (const fields of [wrong, stranger])
    answers.push(await browser.submit(login, 'login', fields));
  const [known, unknown] = answers;
  expect(known?.status).toBe(422);
  expect(known?.body).toContain('That username and password do not belong together.');
  expect(unknown?.status).toBe(422);
  expect(unknown?.body).toBe(known?.body.replace('value="ada"', 'value="eve"'));
  expect(Object.keys(unknown?.headers ?? {})).toEqual(Object.keys(known?.headers ?? {}));
});

test('after a wrong password the right one still signs in', async () => {
  const again = await browser.submit(await openLogin(), 'login', wrong);
  expect((await browser.submit(again, 'login', ada)).body).toContain('Allow Waymark shop?');
});

test('the error is tied to both fields, and the password is never sent back', async () => {
  const { body } = await browser.submit(await openLogin(), 'login', wrong);
  expect(body.match(/aria-invalid="true" aria-describedby="problem"/g)).toHaveLength(2);
  expect(body).toContain('id="problem"');
  expect(body).not.toContain(wrong.password);
});

test('the sixth attempt on an account is refused, even with the right password, for 15 minutes', async () => {
  const login = await openLogin();
  for (let attempt = 1; attempt <= 5; attempt++)
    expect((await browser.submit(login, 'login', wrong)).status).toBe(422);
  const refused = await browser.submit(login, 'login', ada);
  expect(refused.status).toBe(429);
  expect(refused.headers['retry-after']).toBe('900');
  expect(refused.body).toContain('Too many attempts');
  await browser.submit(login, 'login', ada);
  const trail = await world.database.query<{ act: string; object: string }>(
    'select act, object from audit_trail',
  );
  expect(trail).toEqual([{ act: 'sign-in-locked', object: expect.any(String) as unknown }]);
  expect(trail[0]?.object).not.toContain('ada');
  // Another account is not touched by it.
  expect((await browser.submit(login, 'login', stranger)).status).toBe(422);
  world.time.now = new Date(world.time.now.getTime() + 15 * 60_000);
  const next = await openLogin();
  expect((await browser.submit(next, 'login', ada)).body).toContain('Allow Waymark shop?');
});

test('a name that nobody has is bounded like one that somebody has', async () => {
  const login = await openLogin();
  for (let attempt = 1; attempt <= 5; attempt++) await browser.submit(login, 'login', stranger);
  expect((await browser.submit(login, 'login', stranger)).status).toBe(429);
});

test('guesses that arrive together are counted one by one', async () => {
  const login = await openLogin();
  const guesses = Array.from({ length: 12 }, () => browser.submit(login, 'login', wrong));
  const statuses = (await Promise.all(guesses)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 422)).toHaveLength(5);
  expect(statuses.filter((status) => status === 429)).toHaveLength(7);
});

test('signing in starts the count anew', async () => {
  for (let round = 1; round <= 2; round++) {
    const login = await openLogin();
    for (let attempt = 1; attempt <= 4; attempt++) await browser.submit(login, 'login', wrong);
    expect((await browser.submit(login, 'login', ada)).body).toContain('Allow Waymark shop?');
    browser.forget();
  }
});

test('neither names nor addresses are kept with the attempts', async () => {
  await browser.submit(await openLogin(), 'login', wrong);
  const rows = await world.database.query('select key from sign_in_attempts');
  expect(rows).toHaveLength(2);
  expect(JSON.stringify(rows)).not.toMatch(/ada|127\.0\.0\.1/);
});

test.each<[string, Record<string, string>]>([
  ['of another site', { origin: 'https://evil.test' }],
  ['of another port of this host', { origin: 'http://shop.test:9999' }],
  ['of a page that hides its origin', { origin: 'null' }],
  ['without an origin', {}],
])('a form %s is refused', async (_what, headers) => {
  const login = await openLogin();
  const refused = await browser.submitWith(headers)(login, 'login', ada);
  expect(refused.status).toBe(403);
  expect(refused.body).toContain('form-from-elsewhere');
  const consent = await browser.submit(login, 'login', ada);
  expect((await browser.submitWith(headers)(consent, 'consent')).status).toBe(403);
});

test.each<[string, Record<string, string>]>([
  ['no password', { username }],
  ['an empty name', { username: '', password }],
  ['a name that is too long', { username: 'a'.repeat(101), password }],
  ['a field that the page does not have', { ...ada, admin: 'yes' }],
])('a login form with %s is refused', async (_what, fields) => {
  const answer = await browser.submit(await openLogin(), 'login', fields);
  expect(answer.status).toBe(400);
  expect(answer.body).toContain('form-incomplete');
});

test.each(['a\0da', '<script>alert(1)</script>', '" autofocus onfocus="alert(1)', 'Ada', '🥾'])(
  'the username %j is nobody, and shown as the text that it is',
  async (text) => {
    const { status, body } = await browser.submit(await openLogin(), 'login', {
      username: text,
      password,
    });
    expect(status).toBe(422);
    expect(body).not.toMatch(/<script|onfocus="/);
  },
);

test.each(['login_hint', 'state', 'nonce', 'client_id', 'redirect_uri', 'scope', 'response_type'])(
  'markup in the parameter %s is not markup on any page',
  async (parameter) => {
    const shown = await openLogin({ [parameter]: '"><script>alert(1)</script>' });
    expect(shown.body).not.toContain('<script');
  },
);

test('a sign-in that took longer than ten minutes is over, on a page that says so', async () => {
  const login = await openLogin();
  world.time.now = new Date(world.time.now.getTime() + 601_000);
  for (const shown of [await browser.visit(login.url), await browser.submit(login, 'login', ada)]) {
    expect(shown.status).toBe(400);
    expect(shown.body).toContain('This sign-in is over');
  }
});

test('a sign-in belongs to the browser that began it', async () => {
  const login = await openLogin();
  const other = createBrowser(world.app);
  expect((await other.visit(login.url)).body).toContain('This sign-in is over');
  expect((await other.submit(login, 'login', ada)).status).toBe(400);
});

test('a form of a step that is over is refused', async () => {
  const login = await openLogin();
  await browser.submit(login, 'login', ada);
  expect((await browser.submit(login, 'login', ada)).body).toContain('This sign-in is over');
});

test('consent cannot be given before signing in', async () => {
  const login = await openLogin();
  const forged = { ...login, body: login.body.replace('/login"', '/consent"') };
  expect((await browser.submit(forged, 'consent')).body).toContain('This sign-in is over');
});

test('pages may load and run nothing, stay out of frames and caches, and lead back to the app only', async () => {
  const { headers } = await openLogin();
  expect(headers['content-security-policy']).toMatch(
    /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; form-action 'self' http:\/\/localhost:53682; frame-ancestors 'none'; base-uri 'none'$/,
  );
  expect(headers['cache-control']).toBe('no-store');
});

test.each([
  ['http', false],
  ['https', true],
])(
  'behind %s, that cookies are Secure is %s, and scripts cannot read them',
  async (scheme, secure) => {
    const issuer = ISSUER.replace('http', scheme);
    const app = await world.start({ issuer });
    const answer = await app.server.inject({
      url: authorizeUrl().slice(origin.length),
      headers: { accept: 'text/html' },
    });
    const cookies = [answer.headers['set-cookie'] ?? []].flat();
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) {
      expect(cookie).toMatch(/path=\/identity\/.*samesite=lax.*httponly/i);
      expect(/; secure/i.test(cookie)).toBe(secure);
    }
  },
);

test('while the database is down, the login page says to reload', async () => {
  const login = await openLogin();
  await world.line.cut();
  for (const shown of [
    await browser.visit(login.url),
    await browser.submit(login, 'login', ada),
    await openLogin(),
  ]) {
    expect(shown.status).toBe(503);
    expect(shown.body).toContain('Reload this page in a moment.');
    expect(shown.headers['retry-after']).toBe('1');
  }
});
