/** Errors that a caller of the catalog service can cause, beside those of every service. */
import { defineErrors } from '@waymark/http/problem.ts';

export const errors = defineErrors({
  'unknown-sort': {
    status: 400,
    title: 'Unknown sort',
    when: 'Products cannot be listed in this order; `allowed` lists the orders that they can be listed in.',
  },
});
