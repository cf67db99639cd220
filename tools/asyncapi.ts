/**
 * The events as an AsyncAPI 3.0 document (https://www.asyncapi.com/docs/reference/specification/v3.0.0), made
 * from topics, contracts and flows: a channel for each topic, a message for each event type, an operation for
 * each service that sends to a channel or receives from it. The document speaks for all services at once, so
 * each operation carries its service as a tag. Examples are put together from those of the fields.
 */
import { allEvents } from '@waymark/contracts/all-events.ts';
import type { EventContract } from '@waymark/contracts/define-event.ts';
import { flows } from '@waymark/contracts/flows.ts';
import { topics, type TopicSpec } from '@waymark/contracts/topics.ts';
import type { Schema } from './compare-schemas.ts';

const EXAMPLE_ID = '7c9f2a44-3d1b-4e8e-9b57-1f0a6c5d2e31';
const EXAMPLE_TIME = '2026-01-15T09:30:00.000Z';

const uuid = { type: 'string', format: 'uuid' };

/** What toRecord in packages/messaging/src/event.ts writes beside the data. */
const cloudEventHeaders = {
  type: 'object',
  description: 'CloudEvents 1.0 in binary mode, with W3C trace context.',
  required: [
    'ce_specversion',
    'ce_id',
    'ce_type',
    'ce_source',
    'ce_time',
    'ce_subject',
    'content-type',
    'correlationid',
  ],
  properties: {
    ce_specversion: { const: '1.0' },
    ce_id: { ...uuid, description: 'The same on every delivery; consumers handle it once.' },
    ce_type: { type: 'string' },
    ce_source: { type: 'string', pattern: '^/waymark/[a-z]+$', description: 'The sender.' },
    ce_time: { type: 'string', format: 'date-time' },
    ce_subject: { type: 'string', description: "The aggregate's id, which is also the key." },
    'content-type': { const: 'application/json' },
    correlationid: { type: 'string', description: 'Shared by all that one request set off.' },
    causationid: { type: 'string', description: 'The ce_id of the event that led to this one.' },
    traceparent: { type: 'string', description: 'https://www.w3.org/TR/trace-context/' },
  },
};

/** Plain JSON, as it is written to docs/asyncapi/waymark.json. */
export function asyncApiDocument(): Schema {
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'Waymark events',
      version: '1.0.0',
      description:
        'What the services of the shop tell each other. Made from packages/contracts by npm run docs.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(topics.map((topic) => [topic.name, channelOf(topic)])),
    operations: Object.fromEntries(flows.flatMap(operationsOf)),
    components: {
      schemas: { cloudEventHeaders },
      messages: Object.fromEntries(allEvents.map((event) => [event.type, messageOf(event)])),
    },
  };
  return JSON.parse(JSON.stringify(document)) as Schema;
}

function channelOf({ name, partitions, retentionMs }: TopicSpec) {
  const events = allEvents.filter(({ topic }) => topic === name);
  const keeps =
    retentionMs === null
      ? { 'cleanup.policy': ['compact'] }
      : { 'cleanup.policy': ['delete'], 'retention.ms': retentionMs };
  const messages = events.map(({ type }) => [type, { $ref: `#/components/messages/${type}` }]);
  return {
    address: name,
    description: 'Keyed by the id of the aggregate: its events stay in order.',
    messages: Object.fromEntries(messages) as unknown,
    bindings: {
      kafka: { topic: name, partitions, topicConfiguration: keeps, bindingVersion: '0.5.0' },
    },
  };
}

function operationsOf({ service, sends, receives }: (typeof flows)[number]) {
  return topics.flatMap(({ name }) => [
    ...operationOn(name, sends, { service, action: 'send' }),
    ...operationOn(name, receives, { service, action: 'receive' }),
  ]);
}

/** One, or none where the service has no event on that channel. */
function operationOn(
  channel: string,
  events: readonly EventContract[],
  { service, action }: { service: string; action: 'send' | 'receive' },
) {
  const types = events.filter(({ topic }) => topic === channel).map(({ type }) => type);
  if (types.length === 0) return [];
  const messages = types.map((type) => ({ $ref: `#/channels/${channel}/messages/${type}` }));
  const title = `${service} ${action}s ${channel}`;
  const operation = { action, title, channel: { $ref: `#/channels/${channel}` }, messages };
  return [
    [`${service}.${action}.${channel}`, { ...operation, tags: [{ name: service }] }],
  ] as const;
}

function messageOf({ type, summary, data }: EventContract) {
  const sender = flows.find(({ sends }) => sends.some((event) => event.type === type));
  const payload = exampleOf(data as Schema) as Schema;
  const headers = {
    ce_specversion: '1.0',
    ce_id: EXAMPLE_ID,
    ce_type: type,
    ce_source: `/waymark/${sender?.service ?? 'unknown'}`,
    ce_time: EXAMPLE_TIME,
    ce_subject: payload.orderId ?? payload.productId,
    'content-type': 'application/json',
    correlationid: EXAMPLE_ID,
  };
  return {
    name: type,
    title: type.split('.').at(-2)?.replaceAll('-', ' '),
    summary,
    contentType: 'application/json',
    correlationId: { location: '$message.header#/correlationid' },
    headers: {
      allOf: [
        { $ref: '#/components/schemas/cloudEventHeaders' },
        { properties: { ce_type: { const: type } } },
      ],
    },
    payload: data,
    examples: [{ name: 'example', headers, payload }],
  };
}

/** Throws where a field gives nothing to show: add `examples` to its schema. */
export function exampleOf(schema: Schema): unknown {
  const { examples, const: constant, anyOf, properties, items, minimum } = schema;
  if (Array.isArray(examples)) return examples[0];
  if (constant !== undefined) return constant;
  if (Array.isArray(anyOf)) return exampleOf(anyOf[0] as Schema);
  if (items !== undefined) return [exampleOf(items as Schema)];
  if (minimum !== undefined) return minimum;
  if (properties === undefined) throw new Error(`no example for ${JSON.stringify(schema)}`);
  const fields = Object.entries(properties as Record<string, Schema>);
  return Object.fromEntries(fields.map(([name, field]) => [name, exampleOf(field)]));
}
