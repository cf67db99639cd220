/**
 * The graph: schema, resolvers and guards, behind GraphQL Yoga, which knows GraphQL over HTTP
 * (https://graphql.github.io/graphql-over-http/draft/) and its subscriptions as server-sent events.
 */
import { httpErrors } from '@waymark/http/errors.ts';
import { Problem } from '@waymark/http/problem.ts';
import type { Tls } from '@waymark/http/tls.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import type { Caller } from '@waymark/tokens/verifier.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parse, type DocumentNode, type GraphQLSchema } from 'graphql';
import { createSchema, createYoga, type Plugin } from 'graphql-yoga';
import { addressOf } from '../address.ts';
import { errors } from '../errors.ts';
import type { UpstreamName } from '../routing.ts';
import type { Budgets } from './budgets.ts';
import { createProductLoader, type GraphContext } from './context.ts';
import { guardFields } from './gate.ts';
import { createErrorCodes } from './graphql-error.ts';
import { checkOperation } from './operation-limits.ts';
import { createOrderStreams } from './order-stream.ts';
import { takePersisted, type Persisted } from './persisted.ts';
import { resolvers } from './resolvers.ts';
import { createServices, type Asker } from './services.ts';
import { typeDefs } from './type-defs.ts';

/** A long text is a long parse, before anything else can look at it. */
const MAX_TOKENS = 1000;

interface GraphDeps {
  upstreams: Record<UpstreamName, string>;
  log: Log;
  tls?: Tls | undefined;
  trustedProxies: number;
  graphqlExplorer: boolean;
  operations: { persisted: Persisted; only: boolean };
  deadlineMs: number;
  budgets: Budgets;
}

/** A request, and what its route has found out about it. */
export interface Exchange {
  request: FastifyRequest;
  reply: FastifyReply;
  caller: Caller | undefined;
}

export type Graph = ReturnType<typeof createGraph>;

export function createGraph(deps: GraphDeps) {
  const { upstreams, log, tls, deadlineMs, trustedProxies, graphqlExplorer } = deps;
  const services = createServices({ origins: upstreams, deadlineMs, tls });
  const streams = createOrderStreams({ origin: upstreams.notifications, tls });
  const open = new Set<AbortController>();
  let draining = false;
  const schema = createSchema<GraphContext>({ typeDefs, resolvers });
  guardFields(schema);
  const codes = createErrorCodes(log);
  const yoga = createYoga<GraphContext>({
    schema,
    plugins: [takePersisted(deps.operations), limitOperations(graphqlExplorer), giveCodes(codes)],
    maskedErrors: { maskError: codes },
    graphiql: graphqlExplorer && { title: 'Waymark' },
    landingPage: false,
    cors: false,
    multipart: false,
    // It would keep a thousand documents of anybody's making.
    parserAndValidationCache: false,
    logging: false,
  });

  function contextOf({ request, reply, caller }: Exchange, over: AbortSignal): GraphContext {
    const asker: Asker = {
      authorization: request.headers.authorization,
      address: addressOf(request.raw, trustedProxies),
      deadline: performance.now() + deadlineMs,
    };
    return {
      caller,
      asker,
      services,
      streams,
      products: createProductLoader(services, asker),
      spend: deps.budgets.of(request, reply),
      over,
    };
  }

  return {
    async answer(exchange: Exchange): Promise<Response> {
      const { request, reply } = exchange;
      const life = new AbortController();
      open.add(life);
      reply.raw.once('close', () => {
        open.delete(life);
        life.abort();
      });
      if (draining) life.abort(leaving());
      const body = Buffer.isBuffer(request.body) ? request.body : null;
      return yoga.fetch(
        `http://gateway${request.raw.url ?? '/'}`,
        { method: request.method, headers: headersOf(request), body },
        contextOf(exchange, life.signal),
      );
    },
    /** Ends subscriptions, with an error that tells their followers to come back. */
    drain() {
      draining = true;
      for (const life of open) life.abort(leaving());
    },
    async close() {
      await Promise.all([services.close(), streams.close()]);
    },
  };
}

function leaving(): Problem {
  return new Problem(httpErrors.unavailable, 'This replica stops; resume after the last id.');
}

/** All that Yoga looks at: what the others say is read elsewhere. */
function headersOf({ headers }: FastifyRequest): Record<string, string> {
  const given = { accept: headers.accept, 'content-type': headers['content-type'] };
  return Object.fromEntries(
    Object.entries(given).filter((header): header is [string, string] => header[1] !== undefined),
  );
}

function limitOperations(introspection: boolean): Plugin {
  return {
    onParse({ setParseFn }) {
      const bounded: typeof parse = (source, options) =>
        parse(source, { ...options, maxTokens: MAX_TOKENS });
      setParseFn(bounded);
    },
    onRequestParse: () => ({
      onRequestParseDone({ requestParserResult }) {
        if (Array.isArray(requestParserResult)) throw new Problem(errors['graphql-batch']);
      },
    }),
    onValidate({ params, context }) {
      const { schema, documentAST } = params as {
        schema: GraphQLSchema;
        documentAST: DocumentNode;
      };
      const { operationName, variables = {} } = context.params;
      return ({ valid }) => {
        if (!valid) return;
        checkOperation(schema, { document: documentAST, operationName, variables, introspection });
      };
    },
  };
}

function giveCodes(codes: ReturnType<typeof createErrorCodes>): Plugin {
  return {
    onResultProcess({ result, setResult }) {
      if ('errors' in result) setResult({ ...result, errors: result.errors.map(codes) });
    },
  };
}
