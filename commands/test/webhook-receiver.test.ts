import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { signWebhook } from '@waymark/http/webhook-signature.ts';
import { startReceiver } from '../lib/webhook-receiver.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const now = new Date('2026-03-01T10:00:00Z');
const body = '{"type":"order-placed"}';
let printed: string[];
let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeEach(async () => {
  printed = [];
  const print = (line: string) => printed.push(line);
  receiver = await startReceiver({ secret: () => secret, print, clock: () => now });
});
afterEach(() => receiver.stop());

async function post({ id = 'one', ageSeconds = 0, signed = body, sent = body } = {}) {
  const timestamp = Math.floor(now.getTime() / 1000) - ageSeconds;
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signWebhook(secret, { id, timestamp, body: signed }),
  };
  return (await fetch(receiver.url, { method: 'POST', headers, body: sent })).status;
}

test('a delivery is printed, and the same one again is accepted and ignored', async () => {
  expect([await post(), await post(), await post({ id: 'two' })]).toEqual([204, 204, 204]);
  expect(printed).toEqual([`one ${body}`, 'one again, ignored', `two ${body}`]);
});

test('what is forged, replayed after five minutes or too long is refused', async () => {
  const answers = [
    await post({ sent: '{"type":"order-cancelled"}' }),
    await post({ ageSeconds: 301 }),
    await post({ sent: 'x'.repeat(65 * 1024) }),
    (await fetch(receiver.url)).status,
  ];
  expect(answers).toEqual([401, 401, 413, 401]);
  expect(printed.filter((line) => line.startsWith('one'))).toEqual([]);
});
