import { expect, test } from '@jest/globals';
import { signWebhook, verifyWebhook } from '../src/webhook-signature.ts';

/** The example that the libraries of Standard Webhooks test with. */
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const timestamp = 1614265330;
const body = '{"test": 2432232314}';
const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
const headers = {
  'webhook-id': id,
  'webhook-timestamp': String(timestamp),
  'webhook-signature': signature,
};
const at = (seconds: number) => new Date((timestamp + seconds) * 1000);

test('the published example of Standard Webhooks is signed as there', () => {
  expect(signWebhook(secret, { id, timestamp, body })).toBe(signature);
});

test('a signed delivery is good for five minutes before and after its time', () => {
  const ages = [-301, -300, 0, 300, 301];
  expect(ages.map((age) => verifyWebhook(secret, { headers, body }, at(age)))).toEqual([
    false,
    true,
    true,
    true,
    false,
  ]);
});

test('one good signature among several is enough', () => {
  const several = { ...headers, 'webhook-signature': `v1,AAAA v1a,x ${signature}` };
  expect(verifyWebhook(secret, { headers: several, body }, at(0))).toBe(true);
});

test.each<[string, object]>([
  ['another body', { body: `${body} ` }],
  ['another id', { headers: { ...headers, 'webhook-id': 'msg_2' } }],
  ['another time', { headers: { ...headers, 'webhook-timestamp': String(timestamp + 1) } }],
  ['a time that is none', { headers: { ...headers, 'webhook-timestamp': 'NaN' } }],
  [
    'another version',
    { headers: { ...headers, 'webhook-signature': signature.replace('v1', 'v2') } },
  ],
  ['half a signature', { headers: { ...headers, 'webhook-signature': signature.slice(0, 20) } }],
  ['no headers', { headers: {} }],
])('%s is refused', (_title, change) => {
  expect(verifyWebhook(secret, { headers, body, ...change }, at(0))).toBe(false);
});

test('another secret is refused', () => {
  expect(verifyWebhook('whsec_AAAA', { headers, body }, at(0))).toBe(false);
});
