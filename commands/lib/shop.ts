/**
 * A customer of the shop: gets tokens, places orders and follows them, through the gateway alone. The commands
 * and the platform tests all go this way, as a user's own program would.
 */
import { readEvents } from '@waymark/http/event-stream.ts';
import type { Client } from '../../infra/embedded/secrets.ts';
import { UserError } from '../../infra/embedded/user-error.ts';
import { authenticationOf } from './client-authentication.ts';
import { tokenOfMe } from './device-login.ts';

export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

export interface OrderBody {
  lines: { productId: string; quantity: number }[];
  payment: { cardToken: string };
  shipTo: { name: string; line1: string; city: string; postalCode: string; country: string };
}

export interface OrderAnswer {
  id: string;
  state: string;
  reason?: string;
  totalCents: number;
  currency: string;
}

export interface Product {
  id: string;
  name: string;
  priceCents: number;
  currency: string;
}

export interface Step {
  step: string;
  state?: string;
  reason?: string;
  at: string;
}

const REQUEST_MS = 10_000;
/** Whoever signed in by npm run login. */
const ME = 'me';
/** A token is fetched again this long before it expires. */
const TOKEN_MARGIN_MS = 30_000;

export const demoAddress: OrderBody['shipTo'] = {
  name: 'Ada Example',
  line1: '12 Harbour Lane',
  city: 'Bergen',
  postalCode: '5003',
  country: 'NO',
};

export function createShop({ gatewayUrl, clients }: { gatewayUrl: string; clients: Client[] }) {
  const tokens = new Map<string, { token: string; until: number }>();

  async function token(as: string, scope?: string): Promise<string> {
    if (as === ME) return tokenOfMe(gatewayUrl);
    const known = tokens.get(`${as} ${scope ?? ''}`);
    if (known !== undefined && known.until > Date.now()) return known.token;
    const client = clients.find(({ clientId }) => clientId === as);
    if (client === undefined) {
      const names = clients.map(({ clientId }) => clientId).join(', ');
      throw new UserError(`there is no demo client ${as}; there are ${names}`);
    }
    const { headers, form } = await authenticationOf(client, issuer);
    const response = await fetch(`${gatewayUrl}/identity/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: scope ?? client.scope,
        ...form,
      }),
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (typeof answer.access_token !== 'string') {
      throw new UserError(
        `no token for ${as}: ${String(answer.error_description ?? answer.error)}`,
      );
    }
    const until = Date.now() + Number(answer.expires_in) * 1000 - TOKEN_MARGIN_MS;
    tokens.set(`${as} ${scope ?? ''}`, { token: answer.access_token, until });
    return answer.access_token;
  }

  async function issuer(): Promise<string> {
    const discovery = `${gatewayUrl}/identity/.well-known/openid-configuration`;
    const response = await fetch(discovery, { signal: AbortSignal.timeout(REQUEST_MS) });
    return ((await response.json()) as { issuer: string }).issuer;
  }

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
      const response = await fetch(`${gatewayUrl}/v1/products?limit=${String(limit)}`, {
        signal: AbortSignal.timeout(REQUEST_MS),
      });
      const page = (await response.json()) as { items: Product[] };
      return page.items;
    },

    place: (as: string, order: unknown, idempotencyKey: string) =>
      call<OrderAnswer & { code?: string; detail?: string }>(as, {
        method: 'POST',
        path: '/v1/orders',
        json: order,
        headers: { 'idempotency-key': idempotencyKey },
      }),

    /** The order's steps as they come, from the first; reconnects where the stream breaks off. */
    async *follow(as: string, orderId: string, signal: AbortSignal): AsyncGenerator<Step> {
      // It changes while the stream is read, which the compiler's narrowing cannot see.
      const isOver = () => signal.aborted;
      let lastId = '';
      while (!isOver()) {
        try {
          const response = await fetch(`${gatewayUrl}/v1/orders/${orderId}/events`, {
            headers: {
              authorization: `Bearer ${await token(as)}`,
              ...(lastId === '' ? {} : { 'last-event-id': lastId }),
            },
            signal,
          });
          if (response.ok && response.body !== null) {
            for await (const message of readEvents(response.body)) {
              if (message.id !== undefined) lastId = message.id;
              if (message.data !== undefined) yield JSON.parse(message.data) as Step;
            }
          }
        } catch (error) {
          if (error instanceof UserError) throw error;
        }
        if (!isOver()) await new Promise((resolve) => setTimeout(resolve, 250));
      }
    },
  };
}

export type Shop = ReturnType<typeof createShop>;
