/** What partners send and see of webhooks: the schemas, and the answers made of the model. */
import { time } from '@waymark/contracts/fields.ts';
import { nextCursor, pageOf } from '@waymark/http/page.ts';
import { Type } from 'typebox';
import { isActive, type Delivery, type Webhook } from './webhook.ts';

const id = Type.String({ format: 'uuid' });
export const registerBody = Type.Object(
  {
    url: Type.String({
      minLength: 1,
      maxLength: 2048,
      description: 'https, on a public address, without user name or fragment.',
    }),
    eventTypes: Type.Array(Type.String({ maxLength: 100 }), {
      minItems: 1,
      maxItems: 20,
      uniqueItems: true,
      description: 'Of `order-placed`, `order-confirmed` and `order-cancelled`.',
    }),
  },
  { additionalProperties: false, title: 'RegisterWebhook' },
);
export const changeBody = Type.Partial(
  Type.Object({
    ...registerBody.properties,
    active: Type.Boolean({
      description: 'Whether events are delivered to it; false also gives up on what waits for it.',
    }),
  }),
  { additionalProperties: false, minProperties: 1, title: 'ChangeWebhook' },
);
const webhookFields = {
  id,
  url: Type.String(),
  eventTypes: Type.Array(Type.String()),
  createdAt: time,
  active: Type.Boolean({ description: 'Whether events are delivered to it.' }),
  disabledAt: Type.Optional(
    Type.String({
      format: 'date-time',
      description:
        'Since when nothing is delivered to it, because its address answered 410 or you switched it off.',
    }),
  ),
};
export const webhookAnswer = Type.Object(webhookFields, { title: 'Webhook' });
export const registeredAnswer = Type.Object(
  {
    ...webhookFields,
    secret: Type.String({ description: 'What deliveries are signed with. It is not shown again.' }),
  },
  { title: 'RegisteredWebhook' },
);
export const webhookPage = Type.Object(
  { items: Type.Array(webhookAnswer), nextCursor },
  { title: 'WebhookPage' },
);
export const deliveryAnswer = Type.Object(
  {
    id,
    eventType: Type.String(),
    state: Type.Union([Type.Literal('pending'), Type.Literal('delivered'), Type.Literal('failed')]),
    attempts: Type.Integer(),
    lastStatus: Type.Union([Type.Integer(), Type.Null()], {
      description: 'Of the last attempt; null where it got no answer.',
    }),
    nextAttemptAt: Type.Union([time, Type.Null()]),
    createdAt: time,
  },
  { title: 'Delivery' },
);
export const deliveryPage = Type.Object(
  { items: Type.Array(deliveryAnswer), nextCursor },
  { title: 'DeliveryPage' },
);

export function toPage<Item extends { id: string; createdAt: Date }, Answer>(
  rows: Item[],
  limit: number,
  answer: (item: Item) => Answer,
) {
  const page = pageOf(rows, limit, (item) => ({
    createdAt: item.createdAt.getTime(),
    id: item.id,
  }));
  return { ...page, items: page.items.map(answer) };
}

export function toAnswer(webhook: Webhook) {
  const { id: webhookId, url, eventTypes, createdAt, disabledAt } = webhook;
  const disabled = disabledAt === null ? {} : { disabledAt: disabledAt.toISOString() };
  const active = isActive(webhook);
  return {
    id: webhookId,
    url,
    eventTypes,
    createdAt: createdAt.toISOString(),
    active,
    ...disabled,
  };
}

export function toDeliveryAnswer({ nextAttemptAt, createdAt, ...delivery }: Delivery) {
  return {
    ...delivery,
    nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}
