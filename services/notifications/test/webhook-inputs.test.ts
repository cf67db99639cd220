import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { allTypes, createPartner } from './partner.ts';
import { setup, type World } from './setup.ts';

/** What host names lead to; changed by a test in between. */
const names = new Map<string, string[]>();
let world: World;
let partner: Awaited<ReturnType<typeof createPartner>>;
beforeEach(async () => {
  names.clear();
  const lookup = (name: string) => Promise.resolve(names.get(name) ?? []);
  world = await setup({ privateWebhookHosts: [], lookup });
  partner = await createPartner(world);
});
afterEach(() => world.stop());

const url = 'https://partner.example/hook';

test.each([
  'http://partner.example/hook',
  'ftp://partner.example/',
  'javascript:alert(1)',
  'partner.example',
  'https://',
  'https://user:password@partner.example/',
  'https://partner.example/#part',
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://10.0.0.1/',
  'https://169.254.169.254/latest/meta-data',
  'https://[::1]/',
  'https://[fd00::1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://inside.example/',
])('%s is refused as the address of a webhook', async (bad) => {
  names.set('inside.example', ['8.8.8.8', '192.168.0.7']);
  const answer = await partner.call('POST', '', { url: bad, eventTypes: allTypes });
  expect([answer.statusCode, answer.json()]).toEqual([
    422,
    expect.objectContaining({ code: 'webhook-url-refused' }),
  ]);
});

test('a host that is let in lets in no other, at whatever address', async () => {
  await world.stop();
  world = await setup({ privateWebhookHosts: ['127.0.0.1'] });
  partner = await createPartner(world);
  const statuses = [];
  for (const host of ['127.0.0.1:9', '127.0.0.2:9', '10.0.0.1', '169.254.169.254']) {
    const asked = { url: `http://${host}/`, eventTypes: allTypes };
    statuses.push((await partner.call('POST', '', asked)).statusCode);
  }
  expect(statuses).toEqual([201, 422, 422, 422]);
});

test.each<[string, object, [number, string]]>([
  ['an unknown event type', { url, eventTypes: ['order-lost'] }, [422, 'unknown-event-type']],
  [
    'an event that is not for partners',
    { url, eventTypes: ['stock-reserved'] },
    [422, 'unknown-event-type'],
  ],
  ['no event types', { url, eventTypes: [] }, [400, 'invalid-request']],
  ['a type twice', { url, eventTypes: ['order-placed', 'order-placed'] }, [400, 'invalid-request']],
  ['types that are no list', { url, eventTypes: 'order-placed' }, [400, 'invalid-request']],
  ['no address', { eventTypes: allTypes }, [400, 'invalid-request']],
  [
    'a long address',
    { url: `${url}?${'a'.repeat(2048)}`, eventTypes: allTypes },
    [400, 'invalid-request'],
  ],
  [
    'a secret of its own',
    { url, eventTypes: allTypes, secret: 'x'.repeat(99) },
    [400, 'invalid-request'],
  ],
  ['a NUL character', { url: `${url}\0`, eventTypes: allTypes }, [400, 'malformed-json']],
])('%s is refused', async (_title, body, [status, code]) => {
  const answer = await partner.call('POST', '', body);
  expect([answer.statusCode, answer.json()]).toEqual([status, expect.objectContaining({ code })]);
});

test.each([
  '/1',
  '/%00',
  '?limit=0',
  '?limit=1.5',
  '?page=2',
  `/${randomUUID()}/deliveries?limit=101`,
])('GET %s is an invalid request', async (path) => {
  const answer = await partner.call('GET', path);
  expect([answer.statusCode, answer.json()]).toEqual([
    400,
    expect.objectContaining({ code: 'invalid-request' }),
  ]);
});

test('a cursor of another collection is refused', async () => {
  const cursor = Buffer.from('{"placedAt":1}').toString('base64url');
  const answer = await partner.call('GET', `?cursor=${cursor}`);
  expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([
    400,
    'invalid-cursor',
  ]);
});
