/**
 * Deliveries that are not ours, at the receiver that partners are shown (npm run webhook-receiver): with the secret that
 * the platform gave for a webhook, and an attacker who has seen one good delivery and does not have the secret.
 */
import { signWebhook } from '@waymark/http/webhook-signature.ts';
import { createHmac } from 'node:crypto';
import { startReceiver } from '../webhook-receiver.ts';
import { parsed } from './ask.ts';
import { honest, type Attack, type Family } from './attack.ts';
import type { Target } from './target.ts';
import { NOWHERE, removeVictims } from './victims.ts';

type Headers = Record<string, string>;

interface Delivery {
  headers: Headers;
  body: string;
}

const BODY = '{"type":"order-placed","data":{"orderId":"1"}}';
const OTHER = '{"type":"order-cancelled","data":{"orderId":"1"}}';

export const webhooks: Family = {
  name: 'webhooks',
  async prepare(target) {
    const secret = await newSecret(target);
    const seen = signed(secret, { id: 'seen' });
    return [
      ...forged(secret, seen).map(([name, delivery]): Attack => ({
        name,
        async run() {
          const { statuses, believed } = await receive(secret, [seen, delivery]);
          honest(
            'a good delivery is believed',
            statuses[0] === 204 && believed[0] === `seen ${BODY}`,
          );
          const refused = statuses[1] === 401 && believed.length === 1;
          return { refused, answer: `${String(statuses[1])}, not believed` };
        },
      })),
      {
        name: 'a good delivery sent again takes effect once',
        async run() {
          const { statuses, believed } = await receive(secret, [seen, seen, seen]);
          const refused = statuses.join() === '204,204,204' && believed.length === 1;
          return { refused, answer: `believed ${String(believed.length)} of 3 times` };
        },
      },
    ];
  },
  tidy: removeVictims,
};

async function newSecret(target: Target): Promise<string> {
  const json = { url: NOWHERE, eventTypes: ['order-placed'] };
  const made = await target.askAs('partner', { method: 'POST', path: '/v1/webhooks', json });
  const { secret = '' } = parsed(made.text) as { secret?: string };
  honest('a new webhook has a secret', secret.startsWith('whsec_'), made);
  return secret;
}

function signed(
  secret: string,
  { id, ageSeconds = 0 }: { id: string; ageSeconds?: number },
): Delivery {
  const timestamp = Math.floor(Date.now() / 1000) - ageSeconds;
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signWebhook(secret, { id, timestamp, body: BODY }),
  };
  return { headers, body: BODY };
}

function forged(secret: string, seen: Delivery): [name: string, delivery: Delivery][] {
  const { headers } = seen;
  const signature = headers['webhook-signature'] ?? '';
  const change = (changes: Headers, body = BODY) => ({ headers: { ...headers, ...changes }, body });
  const unkeyed = createHmac('sha256', '').update(
    `seen.${String(headers['webhook-timestamp'])}.${OTHER}`,
  );
  return [
    ['another body', change({}, OTHER)],
    ['another id', change({ 'webhook-id': 'new' })],
    ['a time moved on by a minute', change({ 'webhook-timestamp': later(headers, 60) })],
    ['ten minutes old', signed(secret, { id: 'old', ageSeconds: 600 })],
    ['of ten minutes ahead', signed(secret, { id: 'early', ageSeconds: -600 })],
    ['a time that is no number', change({ 'webhook-timestamp': 'NaN' })],
    ['no signature', change({ 'webhook-signature': '' })],
    ['a signature of nothing', change({ 'webhook-signature': 'v1,' })],
    [
      'a signature of another version',
      change({ 'webhook-signature': signature.replace('v1', 'v0') }),
    ],
    ['half a signature', change({ 'webhook-signature': signature.slice(0, -10) })],
    ['a secret of their own', signed('whsec_bm90IHlvdXJz', { id: 'new' })],
    ['an empty secret', change({ 'webhook-signature': `v1,${unkeyed.digest('base64')}` }, OTHER)],
    [
      'many guessed signatures',
      change({ 'webhook-signature': Array<string>(50).fill('v1,AAAA').join(' ') }, OTHER),
    ],
    [
      'an id that takes the place of the time',
      change({ 'webhook-id': `seen.${later(headers, 0)}` }),
    ],
  ];
}

function later(headers: Headers, seconds: number): string {
  return String(Number(headers['webhook-timestamp']) + seconds);
}

/** A receiver for each attack, as what it has seen is a part of its answer. */
async function receive(secret: string, deliveries: Delivery[]) {
  const printed: string[] = [];
  const receiver = await startReceiver({
    secret: () => secret,
    print: (line) => printed.push(line),
  });
  try {
    const statuses: number[] = [];
    for (const { headers, body } of deliveries) {
      const { status } = await fetch(receiver.url, { method: 'POST', headers, body });
      statuses.push(status);
    }
    return { statuses, believed: printed.filter((line) => line.includes('{')) };
  } finally {
    await receiver.stop();
  }
}
