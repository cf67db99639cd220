/**
 * The public routes with all that is known of them: the gateway's table says which there are, whom they let in and
 * how often; the services' own routes say the rest. A route is read by registering it at a server that never
 * listens, so what is read is what runs.
 */
import type { Operation } from '@waymark/http/operation.ts';
import { createServer } from '@waymark/http/server.ts';
import type { Server } from '@waymark/http/server-type.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { createMetrics } from '@waymark/telemetry/metrics.ts';
import type { Rule } from '@waymark/tokens/policy.ts';
import { registerRoutes as registerCatalog } from '../services/catalog/src/routes.ts';
import { limitOf, limits, type Limit, type LimitName } from '../services/gateway/src/limits.ts';
import { routes, type Route, type UpstreamName } from '../services/gateway/src/routing.ts';
import { tokenEndpoint } from '../services/identity/src/token-endpoint.ts';
import { registerRoutes as registerInventory } from '../services/inventory/src/routes.ts';
import { registerRoutes as registerStreams } from '../services/notifications/src/routes.ts';
import { registerWebhookRoutes } from '../services/notifications/src/webhook-routes.ts';
import { registerRoutes as registerOrders } from '../services/orders/src/routes.ts';
import type { Schema } from './compare-schemas.ts';

export interface PublicRoute {
  method: string;
  /** As OpenAPI writes it: `/v1/orders/{id}`. */
  path: string;
  /** One of them is needed; none where anybody may ask. */
  scopes: readonly string[];
  /** What the service itself checks by; undefined where its route names none. */
  rule: Rule | undefined;
  upstream: UpstreamName;
  /** Oidc-provider's, with errors of its own. */
  isSignIn: boolean;
  limit: Limit & { name: LimitName };
  operation: Operation;
  params: Schema | undefined;
  query: Schema | undefined;
  body: Schema | undefined;
  /** By status. */
  answers: Readonly<Record<string, Schema>>;
}

/** A Fastify route, as far as it matters here. */
interface ServiceRoute {
  method: string | string[];
  url: string;
  onRequest?: { rule?: Rule };
  config?: { operation?: Operation };
  schema?: { params?: unknown; querystring?: unknown; body?: unknown; response?: unknown };
}

/** Throws where a service does not say what one of them is. */
export function readPublicRoutes(): PublicRoute[] {
  const known = readServiceRoutes();
  const api = routes.filter(({ path }) => /^\/v\d+\//.test(path));
  const signIn = routes.find(({ path, method }) => path === '/identity/*' && method === 'POST');
  if (signIn === undefined) throw new Error('the gateway does not lead to the token endpoint');
  return [
    ...api.map((door) => {
      const found = known.find(({ method, url }) => method === door.method && url === door.path);
      return toPublic(door, found);
    }),
    toPublic(signIn, tokenEndpoint),
  ];
}

function readServiceRoutes(): ServiceRoute[] {
  const found: ServiceRoute[] = [];
  const server: Server = createServer({ log: silentLog, metrics: createMetrics('openapi') });
  server.addHook('onRoute', (route) => void found.push(route as ServiceRoute));
  // No route is ever asked, so none needs what it works with.
  const unused = {} as never;
  registerCatalog(server, unused);
  registerOrders(server, unused, unused);
  registerInventory(server, unused, unused);
  registerStreams(server, unused);
  registerWebhookRoutes(server, unused, unused);
  return found;
}

function toPublic(door: Route, found: ServiceRoute | undefined): PublicRoute {
  const operation = found?.config?.operation;
  if (found === undefined || operation === undefined) {
    throw new Error(
      `${door.method} ${door.path}: give the route of ${door.upstream} a config.operation`,
    );
  }
  const { params, querystring, body, response } = plain(found.schema ?? {});
  const name = limitOf(door);
  return {
    method: door.method.toLowerCase(),
    path: found.url.replace(/:(\w+)/g, '{$1}'),
    scopes: door.scopes,
    rule: found.onRequest?.rule,
    upstream: door.upstream,
    isSignIn: door.upstream === 'identity',
    limit: { name, ...limits[name] },
    operation,
    params,
    query: querystring,
    body,
    answers: response ?? {},
  };
}

function plain(schema: object) {
  return JSON.parse(JSON.stringify(schema)) as {
    [part in 'params' | 'querystring' | 'body']?: Schema;
  } & { response?: Record<string, Schema> };
}
