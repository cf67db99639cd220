/** Errors that a person can cause on the way through our pages, beside those of every service; pages.ts shows them. */
import { defineErrors } from '@waymark/http/problem.ts';

export const errors = defineErrors({
  'sign-in-expired': {
    status: 400,
    title: 'This sign-in is over',
    when: 'It took too long, was finished in another tab, or its cookie is missing. Go back to the app and start again.',
  },
  'form-from-elsewhere': {
    status: 403,
    title: 'This form is not ours',
    when: 'A form of a sign-in page is only taken from that page itself, and this one came from another site, or without an Origin.',
  },
  'form-incomplete': {
    status: 400,
    title: 'This form is not complete',
    when: 'A field is missing, is not known or is longer than the page lets it be.',
  },
  'too-many-sign-ins': {
    status: 429,
    title: 'Too many attempts',
    when: 'This account or this address tried to sign in too often. The right password is not looked at either until 15 minutes have passed since the first attempt.',
    retryAfterSeconds: 900,
  },
});
