/** Errors that the card processor answers with. */
import { defineErrors } from '@waymark/http/problem.ts';

export const errors = defineErrors({
  'api-key-invalid': {
    status: 401,
    title: 'API key invalid',
    when: 'The merchant’s API key is missing or wrong.',
    challenge: 'Bearer',
  },
  'processor-key-missing': {
    status: 400,
    title: 'Idempotency key missing',
    when: 'Every request to the card processor that changes something carries an Idempotency-Key.',
  },
  'processor-key-reused': {
    status: 422,
    title: 'Idempotency key reused',
    when: 'The key belongs to an earlier request to the card processor with another body.',
  },
  'unknown-card': {
    status: 422,
    title: 'Unknown card',
    when: 'The processor gave out no such card token.',
  },
  'card-declined': {
    status: 402,
    title: 'Card declined',
    when: 'The card’s bank says no, and will say so again.',
  },
  'hold-expired': {
    status: 409,
    title: 'Hold expired',
    when: 'The hold has lapsed; a new one is needed.',
  },
  'hold-closed': {
    status: 409,
    title: 'Hold closed',
    when: 'The hold is not in the state that this action needs; `state` says which it is in.',
  },
  'processor-down': {
    status: 503,
    title: 'Processor down',
    when: 'The processor failed before it did anything.',
    retryAfterSeconds: 1,
  },
});
