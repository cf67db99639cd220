/**
 * What a person's browser does, as far as the protocol asks for it: it keeps cookies by their path, follows
 * redirects until they leave our origin, and sends forms with its Origin.
 */
import type { App } from '@waymark/lifecycle/app.ts';
import { createHash, randomBytes } from 'node:crypto';
import { adaInPerson, ISSUER } from './setup.ts';

const { origin } = new URL(ISSUER);
export const CALLBACK = 'http://localhost:53682/callback';

export interface Shown {
  /** Where it ended up. */
  url: URL;
  /** Of the last answer; a redirect that leaves our origin is not followed. */
  status: number;
  body: string;
  headers: Record<string, unknown>;
}

export function createBrowser(app: App) {
  const jar = new Map<string, { value: string; path: string }>();

  function keepCookies(header: string | string[] | undefined): void {
    for (const line of [header ?? []].flat()) {
      const [pair = '', ...attributes] = line.split('; ');
      const [name = ''] = pair.split('=', 1);
      const path = attributes.find((text) => text.startsWith('path='))?.slice(5) ?? '/';
      const isOver = attributes.some((text) => text.startsWith('expires=Thu, 01 Jan 1970'));
      if (isOver) jar.delete(`${name} ${path}`);
      else jar.set(`${name} ${path}`, { value: pair, path });
    }
  }

  async function ask(
    method: 'GET' | 'POST',
    url: URL,
    extra: { form?: string; headers?: Record<string, string> } = {},
  ): Promise<Shown> {
    const sent = [...jar.values()].filter(({ path }) => url.pathname.startsWith(path));
    const answer = await app.server.inject({
      method,
      url: url.pathname + url.search,
      headers: {
        accept: 'text/html,*/*',
        cookie: sent.map(({ value }) => value).join('; '),
        ...(extra.form === undefined
          ? {}
          : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...extra.headers,
      },
      ...(extra.form === undefined ? {} : { payload: extra.form }),
    });
    keepCookies(answer.headers['set-cookie']);
    const { location } = answer.headers;
    if (answer.statusCode === 303 && location !== undefined) {
      const next = new URL(location, url);
      if (next.origin === origin) return ask('GET', next);
      return { url: next, status: 303, body: '', headers: answer.headers };
    }
    return { url, status: answer.statusCode, body: answer.body, headers: answer.headers };
  }

  /** Submits a form that the page at `shown` has; `step` is the last part of its action. */
  function submitWith(headers: Record<string, string>) {
    return (shown: Shown, step: string, fields: Record<string, string> = {}) => {
      const action = [...shown.body.matchAll(/action="([^"]+)"/g)]
        .map(([, address = '']) => address)
        .find((address) => address.endsWith(`/${step}`));
      if (action === undefined)
        throw new Error(`no form for ${step}: ${/<main>.*/s.exec(shown.body)?.[0] ?? ''}`);
      const form = new URLSearchParams(fields).toString();
      return ask('POST', new URL(action, origin), { form, headers });
    };
  }

  return {
    visit: (url: string | URL) => ask('GET', new URL(url, origin)),
    submitWith,
    submit: submitWith({ origin }),
    forget: () => {
      jar.clear();
    },
  };
}

export type Browser = ReturnType<typeof createBrowser>;

export function newVerifier(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** Undefined leaves a parameter out. */
export function authorizeUrl(changes: Record<string, string | undefined> = {}): string {
  const parameters: typeof changes = {
    client_id: 'shop-web',
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope: 'openid offline_access orders:read orders:write',
    prompt: 'consent',
    state: 'a-state',
    nonce: 'a-nonce',
    code_challenge: newVerifier().challenge,
    code_challenge_method: 'S256',
    ...changes,
  };
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as [string, string]],
  );
  return `${ISSUER}/auth?${new URLSearchParams(given).toString()}`;
}

export interface SignedIn {
  code: string;
  verifier: string;
}

/** Through login, where it is asked for, and consent to the app, and the code that it gets. */
export async function signIn(
  browser: Browser,
  changes: Record<string, string | undefined> = {},
): Promise<SignedIn & { back: Shown }> {
  const { verifier, challenge } = newVerifier();
  const first = await browser.visit(authorizeUrl({ code_challenge: challenge, ...changes }));
  const { username, password } = adaInPerson;
  const isLogin = first.body.includes('name="password"');
  const consent = isLogin ? await browser.submit(first, 'login', { username, password }) : first;
  const back = await browser.submit(consent, 'consent');
  return { back, verifier, code: back.url.searchParams.get('code') ?? '' };
}

export interface Tokens {
  access_token: string;
  id_token: string;
  refresh_token: string;
  scope: string;
}

/** A request of the app itself, which has no secret, to the token endpoint or another; `dpop` is sent as a header. */
export function askAsApp(app: App, endpoint: string, { dpop, ...form }: Record<string, string>) {
  return app.server.inject({
    method: 'POST',
    url: `/identity/${endpoint}`,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(dpop === undefined ? {} : { dpop }),
    },
    payload: new URLSearchParams({ client_id: 'shop-web', ...form }).toString(),
  });
}

export function exchange(
  app: App,
  {
    code,
    verifier,
    redirectUri = CALLBACK,
    dpop,
  }: SignedIn & { redirectUri?: string; dpop?: string },
) {
  return askAsApp(app, 'token', {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: redirectUri,
    ...(dpop === undefined ? {} : { dpop }),
  });
}

export function refresh(app: App, token: string, form: Record<string, string> = {}) {
  return askAsApp(app, 'token', { grant_type: 'refresh_token', refresh_token: token, ...form });
}
