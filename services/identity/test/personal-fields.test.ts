/** Names and e-mail addresses are found and shown, and in no table: for people of an earlier version as well. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { authorizeUrl, createBrowser, type Browser } from './browser.ts';
import { adaInPerson, setup } from './setup.ts';

const { password } = adaInPerson;

let world: Awaited<ReturnType<typeof setup>>;
let browser: Browser;
beforeEach(async () => {
  world = await setup({ people: [adaInPerson] });
  browser = createBrowser(world.app);
});
afterEach(() => world.stop());

const signInAs = async (username: string, with_ = password) =>
  browser.submit(await browser.visit(authorizeUrl()), 'login', { username, password: with_ });

async function tables(): Promise<string> {
  const texts = await world.database.query(
    `select (select json_agg(p) from people p) as people, (select json_agg(a) from sign_in_attempts a) as attempts,
       (select json_agg(o) from oidc_payloads o) as payloads`,
  );
  return JSON.stringify(texts);
}

test.each(['ada@example.com', ' Ada@Example.COM '])('%j signs Ada in', async (typed) => {
  expect((await signInAs(typed)).body).toContain('Ada Example');
});

test('the name and the e-mail address are in no table, nor what an app says of who signs in', async () => {
  const login = await browser.visit(authorizeUrl({ login_hint: 'ada@example.com' }));
  expect(login.body).toContain('value="ada@example.com"');
  expect(await tables()).not.toContain('example.com');
  await browser.submit(login, 'login', { username: 'ada@example.com', password });
  const stored = await tables();
  for (const text of ['Ada Example', 'example.com', Buffer.from('Ada Example').toString('hex')])
    expect(stored).not.toContain(text);
});

test('guesses by username and by e-mail address count together', async () => {
  for (const typed of ['ada', 'ada@example.com', 'ada', 'ADA@example.com', 'ada'])
    expect((await signInAs(typed, 'not the password')).status).toBe(422);
  expect((await signInAs('ada@example.com')).status).toBe(429);
});

test('a name that an earlier version stored is sealed at the start, also of who left the list', async () => {
  await world.database.query(
    `update people set name = 'Ada Example', name_sealed = null, email_sealed = null, email_index = null`,
  );
  browser = createBrowser(await world.start({ people: [] }));
  expect(await tables()).not.toContain('Ada Example');
  expect((await signInAs('ada')).body).toContain('Ada Example');
});

test('who is erased is nobody any more', async () => {
  await world.database.query(`delete from data_keys where subject = 'ada'`);
  expect((await signInAs('ada')).body).not.toContain('Ada Example');
});
