/** Errors that every service can answer with, whatever it does. */
import { defineErrors } from './problem.ts';

export const httpErrors = defineErrors({
  'invalid-request': {
    status: 400,
    title: 'Invalid request',
    when: 'A part of the request does not match its schema; `errors` says where.',
  },
  'malformed-json': {
    status: 400,
    title: 'Malformed JSON',
    when: 'The body is not JSON, or holds text that cannot be stored, such as a NUL character.',
  },
  'invalid-cursor': {
    status: 400,
    title: 'Invalid cursor',
    when: 'The cursor was not given out by this collection.',
  },
  'token-missing': {
    status: 401,
    title: 'Access token missing',
    when: 'The request needs an access token in the Authorization header, as `Bearer <token>`.',
    challenge: 'Bearer',
  },
  'token-invalid': {
    status: 401,
    title: 'Access token invalid',
    when: 'The access token is malformed, expired, meant for someone else or not signed by our issuer.',
    challenge: 'Bearer error="invalid_token"',
  },
  'proof-invalid': {
    status: 401,
    title: 'Proof of possession invalid',
    when: 'The access token is bound to a key. It comes as `DPoP <token>`, with a new proof in the DPoP header each time: signed by that key, made just now, and for this token, method and address (RFC 9449).',
    challenge: 'DPoP algs="ES256", error="invalid_dpop_proof"',
  },
  'scope-missing': {
    status: 403,
    title: 'Scope missing',
    when: 'The access token is valid but was not granted the scope that this request needs.',
    challenge: 'Bearer error="insufficient_scope"',
  },
  'caller-not-allowed': {
    status: 403,
    title: 'Caller not allowed',
    when: 'The certificate of the connection is that of a service which has no business here.',
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    when: 'There is nothing at this address, or nothing that you may see.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    when: 'The address exists but does not take this method; Allow lists those that it takes.',
  },
  'not-acceptable': {
    status: 406,
    title: 'Not acceptable',
    when: 'The Accept header leaves out the only media type that this address answers with, `available`.',
  },
  'precondition-failed': {
    status: 412,
    title: 'Precondition failed',
    when: 'It is no longer, or not yet, what If-Match names, and nothing was changed. Read it again, and change what is there now.',
  },
  'body-too-large': {
    status: 413,
    title: 'Body too large',
    when: 'The request body is larger than 64 KiB.',
  },
  'uri-too-long': {
    status: 414,
    title: 'Address too long',
    when: 'A part of the address is longer than any that we give out.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'Unsupported media type',
    when: 'The body must be application/json, or where `accepted` is given, one of those.',
  },
  'precondition-required': {
    status: 428,
    title: 'Precondition required',
    when: 'This change needs If-Match with the ETag of what you have read, so that you overwrite nothing that you have not seen.',
  },
  'internal-error': {
    status: 500,
    title: 'Internal error',
    when: 'We made a mistake, and it is in our log.',
  },
  unavailable: {
    status: 503,
    title: 'Temporarily unavailable',
    when: 'Something that the answer depends on is down. Nothing half done is left: try again with the same idempotency key.',
    retryAfterSeconds: 1,
  },
  'deadline-exceeded': {
    status: 504,
    title: 'Deadline exceeded',
    when: 'The answer took too long; it may still have been carried out: try again with the same idempotency key.',
    retryAfterSeconds: 1,
  },
});
