/**
 * HTTP of the card processor, in the manner of real ones: an API key, idempotency keys, and now and then no
 * answer at all. The faults of card tokens are played here, around a use case that is done properly.
 */
import { cents, currency } from '@waymark/contracts/fields.ts';
import { Problem } from '@waymark/http/problem.ts';
import type { Server } from '@waymark/http/server-type.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import { Type } from 'typebox';
import { errors } from './errors.ts';
import { faultOf, type HoldAction } from './hold.ts';
import type { Answer, Processor } from './processor.ts';

const authoriseBody = Type.Object(
  {
    reference: Type.String({ minLength: 1, maxLength: 100, pattern: '^[\\x21-\\x7e]+$' }),
    amountCents: cents,
    currency,
    cardToken: Type.String({ minLength: 1, maxLength: 100, pattern: '^[\\x21-\\x7e]+$' }),
  },
  { additionalProperties: false },
);
/** No body, or an empty one: a partial capture must not be taken for a whole one. */
const actionBody = Type.Union([Type.Null(), Type.Object({}, { additionalProperties: false })]);
const idParams = Type.Object({ id: Type.String({ format: 'uuid' }) });
const actions: HoldAction[] = ['capture', 'void', 'refund'];

export interface RouteOptions {
  apiKey: string;
  /** How long an answer to `tok_slow` takes, in milliseconds. */
  slowMs: number;
  wait: (ms: number) => Promise<unknown>;
}

export function registerRoutes(server: Server, processor: Processor, options: RouteOptions): void {
  const onRequest = checkApiKey(options.apiKey);

  server.post(
    '/v1/holds',
    { onRequest, schema: { body: authoriseBody } },
    async (request, reply) => {
      const key = idempotencyKey(request);
      const fault = faultOf(request.body.cardToken);
      if (fault === 'fail-before' && (await processor.failsOnce(key))) {
        throw new Problem(errors['processor-down']);
      }
      const answer = await processor.authorise(key, request.body);
      // The money is held from here on, whether or not the caller ever hears of it.
      if (fault === 'slow-after' && !answer.repeated) await options.wait(options.slowMs);
      if (fault === 'drop-after' && !answer.repeated) return reply.hijack().raw.destroy();
      return send(reply, answer);
    },
  );

  for (const action of actions) {
    server.post(
      `/v1/holds/:id/${action}`,
      { onRequest, schema: { params: idParams, body: actionBody } },
      async (request, reply) =>
        send(reply, await processor.act(idempotencyKey(request), request.params.id, action)),
    );
  }
}

function send(reply: FastifyReply, { status, body }: Answer) {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  return reply.code(status).header('content-type', type).send(JSON.stringify(body));
}

function idempotencyKey(request: FastifyRequest): string {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new Problem(errors['processor-key-missing']);
  }
  return key;
}

function checkApiKey(apiKey: string) {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(`Bearer ${apiKey}`);
  return async (request: FastifyRequest) => {
    // Equal-length digests in constant time: the time to refuse tells nothing about the key.
    const given = digest(request.headers.authorization ?? '');
    if (!timingSafeEqual(given, expected)) throw new Problem(errors['api-key-invalid']);
  };
}
