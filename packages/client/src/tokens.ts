/**
 * Access tokens of a program that acts for itself (RFC 6749, section 4.4): asked for once, kept while they are good,
 * and asked for again a little before they end, so that none runs out on its way.
 */
import { ApiProblem } from './problem.ts';
import type { components } from './v1.ts';

type Tokens = components['schemas']['Tokens'];
type Refusal = components['schemas']['TokenRefusal'];

/** How the program shows who it is: in a header, or in parameters of the form. */
export interface Authentication {
  headers?: Record<string, string>;
  form?: Record<string, string>;
}

export interface TokensOptions {
  gatewayUrl: string;
  /** Asked each time, since an assertion (RFC 7523) is good for one request. */
  authenticate: () => Authentication | Promise<Authentication>;
  /** Separated by spaces. */
  scope: string;
}

const REQUEST_MS = 10_000;
const MARGIN_MS = 30_000;

/** `Authorization: Basic` of RFC 6749, section 2.3.1; ids and secrets here need none of its escapes. */
export function basicAuthentication(clientId: string, secret: string): Authentication {
  const basic = Buffer.from(`${clientId}:${secret}`).toString('base64');
  return { headers: { authorization: `Basic ${basic}` } };
}

/** The function gives a good token; it throws ApiProblem where there is none. */
export function createTokens({ gatewayUrl, authenticate, scope }: TokensOptions) {
  let kept = { token: '', until: 0 };
  return async (): Promise<string> => {
    if (kept.until > Date.now()) return kept.token;
    const { headers = {}, form = {} } = await authenticate();
    const response = await fetch(`${gatewayUrl}/identity/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ grant_type: 'client_credentials', scope, ...form }),
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    const answer = (await response.json()) as Tokens | Refusal;
    if ('error' in answer) {
      const { error: code, error_description: detail = '' } = answer;
      throw new ApiProblem(response, { code, detail });
    }
    if (!response.ok) throw new ApiProblem(response, answer as object);
    kept = { token: answer.access_token, until: Date.now() + answer.expires_in * 1000 - MARGIN_MS };
    return kept.token;
  };
}
