import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { connectDatabase } from '@waymark/database/connect.ts';
import { createDataKeys } from '@waymark/envelope/data-keys.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { createAdapter } from '../src/adapter.ts';
import { createPersonalFields } from '../src/personal-fields.ts';
import type { IdentitySchema } from '../src/schema.ts';
import { createStore } from '../src/store.ts';
import { setup as setupService } from './setup.ts';

async function setup() {
  const service = await setupService();
  const db = connectDatabase<IdentitySchema>({ url: service.line.url, applicationName: 'test' });
  const clock = () => service.time.now;
  const store = createStore(db);
  const dataKeys = createDataKeys(db, service.keyRing);
  const { asked } = createPersonalFields({ ...service, store, dataKeys });
  return {
    ...service,
    adapterOf: createAdapter({ store, asked, log: silentLog, clock }),
    pass(seconds: number) {
      service.time.now = new Date(service.time.now.getTime() + seconds * 1000);
    },
    async stop() {
      await db.destroy();
      await service.stop();
    },
  };
}

let world: Awaited<ReturnType<typeof setup>>;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

test('a payload is found by its id until its time is over', async () => {
  const codes = world.adapterOf('AuthorizationCode');
  await codes.upsert('code', { accountId: 'ada', claims: {} }, 60);
  world.pass(59);
  expect(await codes.find('code')).toEqual({ accountId: 'ada', claims: {} });
  world.pass(1);
  expect(await codes.find('code')).toBeUndefined();
});

test('a payload without an end stays', async () => {
  const grants = world.adapterOf('Grant');
  await grants.upsert('grant', { accountId: 'ada' });
  world.pass(100 * 365 * 86_400);
  expect(await grants.find('grant')).toEqual({ accountId: 'ada' });
});

test('saving again replaces the payload and its end', async () => {
  const sessions = world.adapterOf('Session');
  await sessions.upsert('s', { uid: 'first', accountId: 'ada' }, 10);
  await sessions.upsert('s', { uid: 'second' }, 100);
  world.pass(50);
  expect(await sessions.find('s')).toEqual({ uid: 'second' });
  expect(await sessions.findByUid('first')).toBeUndefined();
});

test('the same id in two models is two payloads', async () => {
  await world.adapterOf('Grant').upsert('x', { accountId: 'ada' }, 60);
  expect(await world.adapterOf('Session').find('x')).toBeUndefined();
});

test('a session is found by its uid and a device code by its user code', async () => {
  await world.adapterOf('Session').upsert('s', { uid: 'u' }, 60);
  await world.adapterOf('DeviceCode').upsert('d', { userCode: 'ABCD' }, 60);
  expect(await world.adapterOf('Session').findByUid('u')).toEqual({ uid: 'u' });
  expect(await world.adapterOf('DeviceCode').findByUserCode('ABCD')).toEqual({ userCode: 'ABCD' });
  world.pass(60);
  expect(await world.adapterOf('Session').findByUid('u')).toBeUndefined();
});

test('a consumed payload says when, and of many who consume it one succeeds', async () => {
  const codes = world.adapterOf('AuthorizationCode');
  await codes.upsert('code', { accountId: 'ada' }, 60);
  const outcomes = await Promise.allSettled([1, 2, 3, 4, 5].map(() => codes.consume('code')));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(outcomes).toContainEqual(
    expect.objectContaining({ reason: expect.objectContaining({ error: 'invalid_grant' }) }),
  );
  const consumed = Math.floor(world.time.now.getTime() / 1000);
  expect(await codes.find('code')).toEqual({ accountId: 'ada', consumed });
});

test('a destroyed payload is gone', async () => {
  const codes = world.adapterOf('AuthorizationCode');
  await codes.upsert('code', {}, 60);
  await codes.destroy('code');
  expect(await codes.find('code')).toBeUndefined();
});

test('revoking a grant takes its tokens of that model, and no others', async () => {
  const tokens = world.adapterOf('RefreshToken');
  await tokens.upsert('one', { grantId: 'g' }, 60);
  await tokens.upsert('two', { grantId: 'g' }, 60);
  await tokens.upsert('other', { grantId: 'h' }, 60);
  await world.adapterOf('Interaction').upsert('i', { grantId: 'g' }, 60);
  await tokens.revokeByGrantId('g');
  expect(await tokens.find('one')).toBeUndefined();
  expect(await tokens.find('two')).toBeUndefined();
  expect(await tokens.find('other')).toEqual({ grantId: 'h' });
  expect(await world.adapterOf('Interaction').find('i')).toEqual({ grantId: 'g' });
});

test('text that cannot be stored is an error of the request, and nothing is found under it', async () => {
  const sessions = world.adapterOf('Session');
  await expect(sessions.upsert('s', { state: { text: 'a\0b' } }, 60)).rejects.toMatchObject({
    error: 'invalid_request',
  });
  expect(await sessions.find('a\0b')).toBeUndefined();
  // A backslash in front of u0000 is only a backslash.
  await sessions.upsert('s', { state: { text: '\\u0000' } }, 60);
  expect(await sessions.find('s')).toEqual({ state: { text: '\\u0000' } });
});

test('clients cannot be changed through the protocol', async () => {
  await expect(world.adapterOf('Client').upsert('eve', { client_id: 'eve' })).rejects.toThrow();
});

test('the sweep deletes every payload and every count of attempts whose time is over, and no other', async () => {
  await world.database.query(
    `insert into oidc_payloads (model, id, payload, expires_at)
     select 'Session', n::text, '{}', $1::timestamptz from generate_series(1, 1200) n`,
    [world.time.now],
  );
  await world.database.query(
    `insert into sign_in_attempts values ('over', 1, $1::timestamptz), ('open', 1, $1::timestamptz + interval '1 s')`,
    [world.time.now],
  );
  await world.adapterOf('Session').upsert('alive', {}, 60);
  await world.adapterOf('Grant').upsert('endless', {});
  for (const part of world.app.parts) part.start();
  await eventually(async () => {
    const left = await world.database.query('select id from oidc_payloads order by id');
    expect(left).toEqual([{ id: 'alive' }, { id: 'endless' }]);
    const attempts = await world.database.query('select key from sign_in_attempts');
    expect(attempts).toEqual([{ key: 'open' }]);
  });
});
