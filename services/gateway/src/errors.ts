/** Errors that a caller of the gateway can cause, beside those of every service. */
import { defineErrors } from '@waymark/http/problem.ts';

export const errors = defineErrors({
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    when: 'You asked more often than you may; nothing was done. Retry-After says when to ask again, `violated-policies` which limit it was.',
  },
});
