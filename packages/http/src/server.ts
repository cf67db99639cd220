/**
 * The Fastify server that every service listens with. It holds what must be the same everywhere: limits,
 * strict bodies, trace context, and the one place where errors become RFC 9457 problem documents.
 */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { runInContext } from '@waymark/telemetry/context.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import type { Metrics } from '@waymark/telemetry/metrics.ts';
import { startRequestSpan } from '@waymark/telemetry/span.ts';
import {
  fastify,
  LogController,
  type FastifyBaseLogger,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { parseBodies } from './bodies.ts';
import { endConnectionsWhenClosing } from './closing.ts';
import { answerConditions } from './conditional.ts';
import { CONNECTION_MS, limitConnections } from './connection-life.ts';
import { tellOfDeprecation } from './deprecation.ts';
import { httpErrors } from './errors.ts';
import { negotiate } from './negotiation.ts';
import { requireOneHost } from './one-host.ts';
import { Problem, sendProblem, type ErrorKind } from './problem.ts';
import { measureRequests, routeOf } from './request-metrics.ts';
import { answerUnknownRoutes } from './unknown-routes.ts';
import type { Server } from './server-type.ts';
import { admitOnly, serverTls, type Tls } from './tls.ts';
import { validatorCompiler } from './validation.ts';

export interface ServerOptions {
  log: Log;
  metrics: Metrics;
  /** Says whether an error means that a dependency is down (then the answer is 503) and not that we have a bug. */
  isUnavailable?: (error: unknown) => boolean;
  /** Longest time a handler may take, in milliseconds. */
  handlerTimeoutMs?: number;
  /** Longest time a request may take to arrive. */
  arrivalMs?: number;
  /** Longest time a kept connection lives. */
  connectionMs?: number;
  /** Longest time that callers who heed Keep-Alive keep one unused; as long as they like where it is not given. */
  idleSeconds?: number;
  /** Where it is given, the server speaks TLS with these services alone. */
  tls?: ServerTls | undefined;
}

export interface ServerTls extends Tls {
  callers: readonly string[];
}

const BODY_LIMIT_BYTES = 64 * 1024;

export function createServer(options: ServerOptions): Server {
  const answer = answerError(options);
  // Named, so that the server's type speaks of Fastify's logger and not of pino's.
  const loggerInstance: FastifyBaseLogger = options.log;
  const { tls } = options;
  const arrival = arrivalLimits(options.arrivalMs ?? 15_000);
  const server: Server = fastify({
    ...(tls === undefined ? { http: arrival } : { https: { ...serverTls(tls), ...arrival } }),
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    handlerTimeout: options.handlerTimeoutMs ?? 10_000,
    requestTimeout: arrival.requestTimeout,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    // On a connection that was kept, what comes while closing is served, as its last; 503 would be a customer's order.
    return503OnClosing: false,
    exposeHeadRoutes: true,
    routerOptions: { maxParamLength: 128 },
    frameworkErrors: (error, request, reply) => {
      answer(error, request, reply);
    },
  }).withTypeProvider<TypeBoxTypeProvider>();

  if (tls !== undefined) admitOnly(server, tls.callers);
  server.setValidatorCompiler(validatorCompiler);
  parseBodies(server);
  // Before all that may answer.
  limitConnections(server, {
    lifeMs: options.connectionMs ?? CONNECTION_MS,
    idleSeconds: options.idleSeconds,
  });
  server.addHook('onRequest', (request, reply, done) => {
    const { method, url } = request;
    const [path = ''] = url.split('?', 1);
    const { end, traceparent } = startRequestSpan({
      method,
      route: routeOf(request),
      path,
      traceparent: header(request, 'traceparent'),
    });
    // Not in onResponse, where an answer that breaks off does not come.
    if (end !== undefined) reply.raw.once('close', () => end(reply.raw.statusCode));
    runInContext({ traceparent }, done);
  });
  requireOneHost(server);
  measureRequests(server, options.metrics);
  negotiate(server);
  answerConditions(server);
  tellOfDeprecation(server);
  server.setErrorHandler(answer);
  answerUnknownRoutes(server);
  endConnectionsWhenClosing(server);
  return server;
}

// #region a-byte-at-a-time
// A client that sends its request a byte at a time holds a connection for as long as it likes, and thousands of them
// leave none for others. Node bounds that, but looks for them every 30 s only, and where headers may take longer than
// a whole request it swaps the two bounds: with the request's bound alone a slow body kept its place for 90 s.
function arrivalLimits(arrivalMs: number) {
  return {
    headersTimeout: arrivalMs,
    requestTimeout: arrivalMs,
    connectionsCheckingInterval: Math.ceil(arrivalMs / 10),
  };
}
// #endregion

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

function answerError(options: ServerOptions) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    if (error instanceof Problem) {
      return sendProblem(reply, error.kind, { detail: error.message, members: error.members });
    }
    const known = knownKind(error, options);
    if (known === undefined) {
      request.log.error({ err: error, route: request.routeOptions.url }, 'request failed');
      return sendProblem(reply, httpErrors['internal-error']);
    }
    if (known.status >= 500) request.log.warn({ err: error }, 'request could not be served');
    return sendProblem(reply, known, { members: validationMembers(error) });
  };
}

/** Fastify's own error codes, in our words. */
const fastifyErrors: Record<string, ErrorKind> = {
  FST_ERR_VALIDATION: httpErrors['invalid-request'],
  FST_ERR_CTP_BODY_TOO_LARGE: httpErrors['body-too-large'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: httpErrors['unsupported-media-type'],
  FST_ERR_CTP_EMPTY_JSON_BODY: httpErrors['malformed-json'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: httpErrors['invalid-request'],
  FST_ERR_BAD_URL: httpErrors['invalid-request'],
  FST_ERR_MAX_PARAM_LENGTH: httpErrors['uri-too-long'],
  FST_ERR_HANDLER_TIMEOUT: httpErrors['deadline-exceeded'],
};

function knownKind(error: unknown, options: ServerOptions): ErrorKind | undefined {
  if (options.isUnavailable?.(error) === true) return httpErrors.unavailable;
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return fastifyErrors[String(error.code)];
}

interface ValidationDetail {
  instancePath: string;
  message?: string;
  params?: { additionalProperties?: string[]; requiredProperties?: string[] };
}

/** https://www.rfc-editor.org/rfc/rfc6901#section-3 */
function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function validationMembers(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error) || !('validation' in error)) return {};
  const part = 'validationContext' in error ? String(error.validationContext) : 'request';
  const details = error.validation as ValidationDetail[];
  return {
    errors: details
      // What TypeBox says of an unknown field, beside the sentence that names the rule.
      .filter(({ message }) => message !== 'schema is false')
      .flatMap(({ instancePath, message = 'is not valid', params }) => {
        const unknown = params?.additionalProperties?.map((name) => `/${escapePointer(name)}`);
        return (unknown ?? ['']).map((below) => ({
          in: part,
          pointer: instancePath + below,
          message,
        }));
      })
      .slice(0, 10),
  };
}
