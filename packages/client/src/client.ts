/**
 * A client of the public API, typed by its document: openapi-fetch over the types in v1.ts, which are generated. By
 * hand is only what a document cannot give: the token on each request, and a limit to how long one may take.
 */
import createFetchClient, { type Client } from 'openapi-fetch';
import type { paths } from './v1.ts';

export type ApiClient = Client<paths>;

export interface ClientOptions {
  gatewayUrl: string;
  /** Gives a good access token; without it only what is public can be asked for. */
  token?: () => Promise<string>;
}

const REQUEST_MS = 10_000;

/** Its calls reject where there was no answer, and give `data` or `error` where there was one; see bodyOf. */
export function createClient({ gatewayUrl, token }: ClientOptions): ApiClient {
  const client = createFetchClient<paths>({
    baseUrl: gatewayUrl,
    fetch: (request) => fetch(request, { signal: AbortSignal.timeout(REQUEST_MS) }),
  });
  if (token === undefined) return client;
  client.use({
    async onRequest({ request }) {
      request.headers.set('authorization', `Bearer ${await token()}`);
      return request;
    },
  });
  return client;
}
