/**
 * What partners are sent, as the `webhooks` of the document. Each event's reason comes from its contract, and its
 * state from the table by which the notifications service works.
 */
import type { EventContract } from '@waymark/contracts/define-event.ts';
import { shown } from '../services/notifications/src/step.ts';
import { eventTypes } from '../services/notifications/src/webhook.ts';
import type { Schema } from './compare-schemas.ts';

const ORDER_ID = '0b5e9c1e-52a4-4d1f-8a9e-6f2d3c7b8a90';
const AT = '2026-01-15T09:30:00.000Z';

const headers = [
  {
    name: 'webhook-id',
    description: 'The same for each attempt of one delivery, and for a delivery that is repeated.',
    schema: { type: 'string', format: 'uuid' },
    example: '7c9f2a44-3d1b-4e8e-9b57-1f0a6c5d2e31',
  },
  {
    name: 'webhook-timestamp',
    description: 'When this attempt was made, in seconds since 1970.',
    schema: { type: 'string', pattern: '^\\d+$' },
    example: '1768469400',
  },
  {
    name: 'webhook-signature',
    description:
      '`v1,` and the base64 of HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{body}`. The key is what follows `whsec_` in the secret, from base64.',
    schema: { type: 'string', pattern: '^v1,' },
    example: 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  },
].map((header) => ({ in: 'header', required: true, ...header }));

/** What each means to a partner; the contracts say what it means inside. */
const meanings: Record<(typeof eventTypes)[number], string> = {
  'order-placed': 'A customer has ordered. Whether it is confirmed is not decided yet.',
  'order-confirmed': 'Stock and card have said yes. It stays so, but for a card that fails later.',
  'order-cancelled': 'The order is not carried out, and whatever was taken for it is given back.',
};

export function webhooksOf(tag: string): Record<string, unknown> {
  const entries = eventTypes.map((name) => {
    const row = shown.find(([{ type }]) => type.split('.').at(-2) === name);
    if (row === undefined) throw new Error(`no event becomes the step ${name}`);
    const [contract, state] = row;
    return [name, { post: webhookOf({ name, contract, state, tag }) }];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function webhookOf(event: {
  name: (typeof eventTypes)[number];
  contract: EventContract;
  state: string | undefined;
  tag: string;
}) {
  const { name, contract, state, tag } = event;
  const { reason } = ((contract.data as Schema).properties ?? {}) as Record<string, Schema>;
  const example = (reason?.anyOf as Schema[] | undefined)?.[0]?.const;
  const because = reason === undefined ? {} : { reason };
  const data = {
    type: 'object',
    required: ['orderId', 'state', ...Object.keys(because)],
    properties: {
      orderId: { type: 'string', format: 'uuid' },
      state: { const: state },
      ...because,
    },
  };
  const schema = {
    type: 'object',
    required: ['type', 'timestamp', 'data'],
    properties: { type: { const: name }, timestamp: { type: 'string', format: 'date-time' }, data },
  };
  const sent = {
    type: name,
    timestamp: AT,
    data: { orderId: ORDER_ID, state, ...(reason === undefined ? {} : { reason: example }) },
  };
  return {
    operationId: `receive-${name}`,
    tags: [tag],
    summary: `${name} is delivered`,
    description: `${meanings[name]} Posted to every webhook that listens to \`${name}\`, at least once and in any order, and signed by [Standard Webhooks](https://www.standardwebhooks.com). Check the signature over the bytes as they came, refuse a timestamp that is more than five minutes away, and remember the ids that you have handled. Answer within five seconds.`,
    security: [],
    parameters: headers,
    requestBody: { required: true, content: { 'application/json': { schema, example: sent } } },
    responses: {
      '2XX': { description: 'Delivered.' },
      '410': { description: 'The address is gone: nothing is delivered to this webhook any more.' },
      '4XX': { description: 'Tried again later, as with every other answer or none.' },
    },
  };
}
