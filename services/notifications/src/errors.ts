/** Errors that a caller of the notifications service can cause, beside those of every service. */
import { defineErrors } from '@waymark/http/problem.ts';

export const errors = defineErrors({
  'last-event-id-invalid': {
    status: 400,
    title: 'Last-Event-ID invalid',
    when: 'The Last-Event-ID has not the form of those that streams give out.',
  },
  'too-many-streams': {
    status: 429,
    title: 'Too many streams',
    when: 'You have as many live streams open as one customer may.',
    retryAfterSeconds: 5,
  },
  'unknown-event-type': {
    status: 422,
    title: 'Unknown event type',
    when: 'A webhook listens to `order-placed`, `order-confirmed` and `order-cancelled`; `eventTypes` lists the others.',
  },
  'webhook-url-refused': {
    status: 422,
    title: 'Webhook address refused',
    when: 'A webhook’s address is https, without user name or fragment, and leads to a public address.',
  },
  'too-many-webhooks': {
    status: 409,
    title: 'Too many webhooks',
    when: 'You have 20 webhooks, as many as one partner may.',
  },
  'webhook-disabled': {
    status: 409,
    title: 'Webhook disabled',
    when: 'Nothing is delivered to the webhook: its address answered 410 Gone, or you switched it off. Set `active` to true first.',
  },
});
