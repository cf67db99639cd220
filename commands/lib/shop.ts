/**
 * A customer of the shop: gets tokens, places orders and follows them, through the gateway alone. The commands
 * and the platform tests all go this way, by packages/client, as a user's own program would.
 */
import { createClient } from '@waymark/client/client.ts';
import { followOrder, type Step } from '@waymark/client/follow.ts';
import type { Order, PlaceOrder } from '@waymark/client/place.ts';
import { ApiProblem, bodyOf } from '@waymark/client/problem.ts';
import { createTokens } from '@waymark/client/tokens.ts';
import type { components } from '@waymark/client/v1.ts';
import type { Client } from '../../infra/embedded/secrets.ts';
import { UserError } from '../../infra/embedded/user-error.ts';
import { authenticationOf } from './client-authentication.ts';
import { tokenOfMe } from './device-login.ts';

export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

export type OrderAnswer = Order;
type Product = components['schemas']['Product'];

const REQUEST_MS = 10_000;
/** Whoever signed in by npm run login. */
const ME = 'me';

export const demoAddress: PlaceOrder['shipTo'] = {
  name: 'Ada Example',
  line1: '12 Harbour Lane',
  city: 'Bergen',
  postalCode: '5003',
  country: 'NO',
};

export function createShop({ gatewayUrl, clients }: { gatewayUrl: string; clients: Client[] }) {
  const sources = new Map<string, () => Promise<string>>();

  async function token(as: string, scope?: string): Promise<string> {
    if (as === ME) return tokenOfMe(gatewayUrl);
    const name = `${as} ${scope ?? ''}`;
    const source = sources.get(name) ?? tokensOf(as, scope);
    sources.set(name, source);
    return source().catch((error: unknown) => {
      if (!(error instanceof ApiProblem)) throw error;
      throw new UserError(`no token for ${as}: ${error.message}`);
    });
  }

  function tokensOf(as: string, scope?: string): () => Promise<string> {
    const client = clients.find(({ clientId }) => clientId === as);
    if (client === undefined) {
      const names = clients.map(({ clientId }) => clientId).join(', ');
      throw new UserError(`there is no demo client ${as}; there are ${names}`);
    }
    return createTokens({
      gatewayUrl,
      authenticate: () => authenticationOf(client, issuer),
      scope: scope ?? client.scope,
    });
  }

  async function issuer(): Promise<string> {
    const discovery = `${gatewayUrl}/identity/.well-known/openid-configuration`;
    const response = await fetch(discovery, { signal: AbortSignal.timeout(REQUEST_MS) });
    return ((await response.json()) as { issuer: string }).issuer;
  }

  /** A request as it stands, for what a typed client would not send. */
  async function call<Body>(
    as: string,
    request: { method: string; path: string; json?: unknown; headers?: Record<string, string> },
  ): Promise<Answer<Body>> {
    const response = await fetch(gatewayUrl + request.path, {
      method: request.method,
      headers: {
        authorization: `Bearer ${await token(as)}`,
        ...(request.json === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      ...(request.json === undefined ? {} : { body: JSON.stringify(request.json) }),
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (response.status === 204 ? undefined : await response.json()) as Body,
    };
  }

  return {
    token,
    call,

    async products(limit: number): Promise<Product[]> {
      const client = createClient({ gatewayUrl });
      const page = await client.GET('/v1/products', { params: { query: { limit } } });
      return bodyOf(page).items;
    },

    /** What the shop answers, good or not. */
    async place(
      as: string,
      order: PlaceOrder,
      idempotencyKey: string,
    ): Promise<Answer<OrderAnswer & { code?: string; detail?: string }>> {
      const client = createClient({ gatewayUrl, token: () => token(as) });
      const params = { header: { 'Idempotency-Key': idempotencyKey } };
      const answer = await client.POST('/v1/orders', { params, body: order });
      const { status, headers } = answer.response;
      return { status, headers, body: (answer.data ?? answer.error) as OrderAnswer };
    },

    /** The order's steps as they come, from the first; reconnects where the stream breaks off. */
    follow: (as: string, orderId: string, signal: AbortSignal): AsyncGenerator<Step> =>
      followOrder({ gatewayUrl, token: () => token(as), orderId, signal }),
  };
}

export type Shop = ReturnType<typeof createShop>;
