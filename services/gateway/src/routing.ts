/**
 * What the public door opens onto: each address and method, the service behind it, and the scopes that it takes.
 * Of the services' routes, none that is not in this table exists for the outside: a new one is private until
 * someone adds its line here. The gateway's own are `/docs` (docs.ts) and `/graphql` (graphql/route.ts).
 */
export type UpstreamName = 'catalog' | 'orders' | 'inventory' | 'notifications' | 'identity';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

export interface Route {
  method: Method;
  path: string;
  upstream: UpstreamName;
  /** The caller's token must have one of them; a route without any takes no token. */
  scopes: readonly string[];
  /** The answer has no end: the deadline holds until it starts. */
  streaming: boolean;
  /** An Idempotency-Key makes a repetition of it harmless, whoever sends it. */
  keyed: boolean;
}

const PUBLIC = 'public';

// HEAD is registered by the server wherever GET is.
export const routes: readonly Route[] = [
  route('GET    /v1/products', 'catalog', PUBLIC),
  route('GET    /v1/products/:id', 'catalog', PUBLIC),
  route('GET    /v1/products/:id/prices', 'catalog', PUBLIC),
  route('PATCH  /v1/products/:id', 'catalog', 'catalog:write'),
  route('GET    /v2/products', 'catalog', PUBLIC),
  route('GET    /v2/products/:id', 'catalog', PUBLIC),
  route('GET    /v2/products/:id/prices', 'catalog', PUBLIC),
  route('PATCH  /v2/products/:id', 'catalog', 'catalog:write'),
  keyed('POST   /v1/orders', 'orders', 'orders:write'),
  route('GET    /v1/orders', 'orders', 'orders:read', 'support:read'),
  route('GET    /v1/orders/:id', 'orders', 'orders:read', 'support:read'),
  route('POST   /v1/orders/:id/cancel', 'orders', 'orders:write'),
  keyed('POST   /v1/orders/:id/refund', 'orders', 'support:refund'),
  stream('GET   /v1/orders/:id/events', 'notifications', 'orders:read'),
  route('GET    /v1/stock/:productId', 'inventory', 'inventory:read'),
  route('PUT    /v1/stock/:productId', 'inventory', 'inventory:write'),
  route('POST   /v1/webhooks', 'notifications', 'webhooks:write'),
  route('GET    /v1/webhooks', 'notifications', 'webhooks:read'),
  route('GET    /v1/webhooks/:id', 'notifications', 'webhooks:read'),
  route('PATCH  /v1/webhooks/:id', 'notifications', 'webhooks:write'),
  route('DELETE /v1/webhooks/:id', 'notifications', 'webhooks:write'),
  route('GET    /v1/webhooks/:id/deliveries', 'notifications', 'webhooks:read'),
  route(
    'POST   /v1/webhooks/:id/deliveries/:deliveryId/redeliver',
    'notifications',
    'webhooks:write',
  ),
  // A sign-in server checks its own callers; OPTIONS is the browser's question before it asks for a token.
  route('GET    /identity/*', 'identity', PUBLIC),
  route('POST   /identity/*', 'identity', PUBLIC),
  route('OPTIONS /identity/*', 'identity', PUBLIC),
];

function route(address: string, upstream: UpstreamName, ...scopes: string[]): Route {
  const [method, path] = address.split(/ +/) as [Method, string];
  const needed = scopes.filter((scope) => scope !== PUBLIC);
  return { method, path, upstream, scopes: needed, streaming: false, keyed: false };
}

function keyed(...line: Parameters<typeof route>): Route {
  return { ...route(...line), keyed: true };
}

function stream(...line: Parameters<typeof route>): Route {
  return { ...route(...line), streaming: true };
}

// #region one-reading-of-a-path
// Two servers that read one path differently are how a request slips past a rule: the router here sees
// `/v1/orders/../products` as an order with an odd id, a server behind may resolve the dots and see a product.
// Paths are passed on byte for byte, so the only safe ones are those that can be read in one way: no dot
// segments, no empty ones, no slash or backslash in disguise, no absolute form with a host of its own.
// No address that we give out looks like that, so they are simply not found.
const AMBIGUOUS = /^(?!\/)|\/\/|\\|%2f|%5c|\/(?:\.|%2e){1,2}(?=[/;?#]|$)/i;

/** True where every server on the way must read this request target's path in the same way. */
export function isPlain(target: string): boolean {
  const query = target.indexOf('?');
  return !AMBIGUOUS.test(query === -1 ? target : target.slice(0, query));
}
// #endregion
