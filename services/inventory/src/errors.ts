/** Errors that a caller of the inventory service can cause, beside those of every service. */
import { defineErrors } from '@waymark/http/problem.ts';

export const errors = defineErrors({
  'below-reserved': {
    status: 409,
    title: 'Below what is reserved',
    when: 'Orders hold more pieces than the new stock; `reserved` says how many.',
  },
});
