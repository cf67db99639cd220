/** Errors that a caller of the notifications service can cause, beside those of every service. */
import { defineErrors } from '@waymark/http/problem.ts';

export const errors = defineErrors({
  'last-event-id-invalid': {
    status: 400,
    title: 'Last-Event-ID invalid',
    when: 'The Last-Event-ID is not one that this stream gave out.',
  },
  'too-many-streams': {
    status: 429,
    title: 'Too many streams',
    when: 'You have as many live streams open as one customer may.',
    retryAfterSeconds: 5,
  },
});
