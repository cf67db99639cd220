/** What the public document says of each route, beside its schemas. */
import { MERGE_PATCH } from '@waymark/http/bodies.ts';
import type { Operation } from '@waymark/http/operation.ts';
import { errors } from './errors.ts';

const orderId = '0b5e9c1e-52a4-4d1f-8a9e-6f2d3c7b8a90';
const webhook = {
  id: '3d0c6c8e-1f5b-4a6a-8a53-7f0f4e8b9c21',
  url: 'https://partner.example.org/waymark',
  eventTypes: ['order-confirmed', 'order-cancelled'],
  createdAt: '2026-01-15T09:30:00.000Z',
  active: true,
};
const delivery = {
  id: '7c9f2a44-3d1b-4e8e-9b57-1f0a6c5d2e31',
  eventType: 'order-confirmed',
  state: 'delivered',
  attempts: 1,
  lastStatus: 204,
  nextAttemptAt: null,
  createdAt: '2026-01-15T09:30:01.000Z',
};

export const streamOperation: Operation = {
  operationId: 'followOrder',
  summary: 'Follow an order live',
  description: `A stream of [server-sent events](https://html.spec.whatwg.org/multipage/server-sent-events.html): every step of the order so far, and then each new one as it happens. The name of an event is the step, its data a JSON object on one line, with \`orderId\` (a UUID), \`step\`, \`at\` (a time), and where it applies \`state\` (\`placed\`, \`confirmed\` or \`cancelled\`) and \`reason\` (at \`order-cancelled\` the order's own, elsewhere a text such as \`card-declined\`). Lines end in \`\\n\`. A customer may have ten streams open.

Steps: \`order-placed\`, \`stock-reserved\`, \`stock-rejected\`, \`payment-authorised\`, \`payment-declined\`, \`order-confirmed\`, \`order-cancelled\`, \`stock-committed\`, \`stock-released\`, \`payment-captured\`, \`capture-failed\`, \`payment-voided\`, \`payment-refunded\`. Those of different services may arrive in either order; those with a \`state\` do not.

By hand: \`curl -N {origin}/v1/orders/{id}/events -H "authorization: Bearer $TOKEN"\`. The \`EventSource\` of browsers sends no such header; read the stream with \`fetch\`. Where a stream is more than is needed, \`getOrder\` every second or two does.

The order is decided with the step that has the \`state\` \`confirmed\` or \`cancelled\`; stop reading there, since the stream has no end of its own. (One thing can undo \`confirmed\`: a card whose holds lapse one after the other, which the step \`capture-failed\` tells, and then \`order-cancelled\`.) It breaks off when its token expires or a server restarts: come back with a new token and the last \`id\` as \`Last-Event-ID\`, and nothing is lost. An id of another stream is not noticed. Blocks without data are to be left out: the first says \`retry\`, and a comment every 15 s keeps the connection alive.`,
  returns: 'The stream, which stays open.',
  errors: [errors['last-event-id-invalid'], errors['too-many-streams']],
  requestHeaders: {
    'Last-Event-ID': {
      required: false,
      description: 'The `id` of the last event that you have; the stream goes on behind it.',
      schema: { type: 'string', pattern: '^(\\d{1,20}(-\\d{1,20})?)?$' },
      example: '3',
    },
  },
  produces: 'text/event-stream',
  examples: {
    answer: `retry: 1000

id: 1
event: order-placed
data: {"orderId":"${orderId}","step":"order-placed","state":"placed","at":"2026-01-15T09:30:00.000Z"}

`,
  },
};

export const operations = {
  registerWebhook: {
    operationId: 'registerWebhook',
    summary: 'Register a webhook',
    description:
      'From now on each of these events, of any order, is posted to the address; what is sent is under Webhooks in this document. A name that leads nowhere yet is taken, and one that leads to a private address is refused (but for those that the operator lets in, as is `localhost` on an installation to try out). The answer has the `secret` that deliveries are signed with, and nothing shows it again. To register twice makes two webhooks.',
    returns: 'The webhook with its secret.',
    etag: '"1"',
    errors: [
      errors['unknown-event-type'],
      errors['webhook-url-refused'],
      errors['too-many-webhooks'],
    ],
    examples: {
      body: { url: webhook.url, eventTypes: webhook.eventTypes },
      answer: { ...webhook, secret: 'whsec_bm90IGEgc2VjcmV0LCBvbmx5IGFuIGV4YW1wbGUhISE=' },
    },
  },
  listWebhooks: {
    operationId: 'listWebhooks',
    summary: 'List your webhooks',
    description: "The caller's own webhooks, newest first, without their secrets.",
    returns: 'A page of webhooks.',
    examples: { answer: { items: [webhook], nextCursor: null } },
  },
  getWebhook: {
    operationId: 'getWebhook',
    summary: 'Read a webhook',
    description: "The webhook without its secret. Another partner's is 404.",
    returns: 'The webhook.',
    etag: '"1"',
    examples: { answer: webhook },
  },
  changeWebhook: {
    operationId: 'changeWebhook',
    summary: 'Change a webhook',
    description:
      'Changes the fields that are given and leaves the others; a list is replaced whole (JSON Merge Patch, RFC 7396). The secret stays. What waits is delivered to a new address; `active` switches off and, after a 410 too, on again.',
    returns: 'The webhook as it is now.',
    errors: [errors['unknown-event-type'], errors['webhook-url-refused']],
    consumes: MERGE_PATCH,
    etag: '"2"',
    ifMatch: 'required',
    examples: { body: { eventTypes: webhook.eventTypes, active: true }, answer: webhook },
  },
  deleteWebhook: {
    operationId: 'deleteWebhook',
    summary: 'Delete a webhook',
    description:
      'Nothing is delivered to it any more, and its deliveries are forgotten. Send no Content-Type, as there is no body.',
    returns: 'The webhook is gone.',
    ifMatch: 'optional',
  },
  listDeliveries: {
    operationId: 'listDeliveries',
    summary: 'List the deliveries of a webhook',
    description:
      'Newest first. A delivery that fails is tried eight times within about a day and is then `failed`. It stays listed for 30 days after its last attempt.',
    returns: 'A page of deliveries.',
    examples: { answer: { items: [delivery], nextCursor: null } },
  },
  redeliver: {
    operationId: 'redeliver',
    summary: 'Deliver again',
    description:
      'Delivers once more, at once and with the same `webhook-id`, with all its attempts before it again. No body is needed.',
    returns: 'The delivery, which is about to be made.',
    errors: [errors['webhook-disabled']],
    examples: {
      answer: {
        ...delivery,
        state: 'pending',
        attempts: 0,
        lastStatus: null,
        nextAttemptAt: delivery.createdAt,
      },
    },
  },
} satisfies Record<string, Operation>;
