/**
 * A person's browser, as far as the protocol asks for it (cookies by path, redirects within the shop, forms with their
 * Origin), and the shop's app, which has no secret and gets a code from there (RFC 8252, RFC 7636).
 */
import { createHash, randomBytes } from 'node:crypto';
import { parsed, type Answer } from './ask.ts';
import type { Target } from './target.ts';

export const CALLBACK = 'http://localhost:53682/callback';
const APP = 'shop-web';
const APP_SCOPE = 'openid offline_access orders:read orders:write';

export interface Shown {
  /** Where it ended up. A redirect that leaves the shop is not followed. */
  url: URL;
  answer: Answer;
}

interface Sent {
  form?: Record<string, string>;
  headers?: Record<string, string | string[]>;
}

interface Submission {
  fields?: Record<string, string>;
  /** The origin that the browser says it comes from; null where it does not say. */
  from?: string | null;
  headers?: Record<string, string | string[]>;
}

export async function openBrowser(target: Target) {
  const { origin, pathname: prefix } = new URL(await target.issuer());
  const jar = new Map<string, { pair: string; path: string; line: string }>();

  function keepCookies(lines: string[] | undefined): void {
    for (const line of lines ?? []) {
      const [pair = '', ...attributes] = line.split('; ');
      const [name = ''] = pair.split('=', 1);
      const path = attributes.find((text) => text.startsWith('path='))?.slice(5) ?? '/';
      const isOver = attributes.some((text) => text.startsWith('expires=Thu, 01 Jan 1970'));
      if (isOver) jar.delete(`${name} ${path}`);
      else jar.set(`${name} ${path}`, { pair, path, line });
    }
  }

  async function go(url: URL, extra: Sent = {}): Promise<Shown> {
    const cookie = [...jar.values()]
      .filter(({ path }) => url.pathname.startsWith(path))
      .map(({ pair }) => pair)
      .join('; ');
    const { form } = extra;
    const headers = {
      accept: 'text/html,*/*',
      ...(cookie === '' ? {} : { cookie }),
      ...extra.headers,
    };
    const path = url.pathname + url.search;
    const answer = await target.ask({
      path,
      headers,
      ...(form === undefined ? {} : { method: 'POST', form }),
    });
    keepCookies(answer.headers['set-cookie']);
    const { location } = answer.headers;
    if (location === undefined || answer.status < 300 || answer.status > 399)
      return { url, answer };
    const next = new URL(location, url);
    return next.origin === origin ? go(next) : { url: next, answer };
  }

  /** A form of the page, by the last part of its action. */
  function submit(
    { answer }: Shown,
    step: string,
    { fields = {}, from = origin, headers = {} }: Submission = {},
  ): Promise<Shown> {
    const action = [...answer.text.matchAll(/action="([^"]+)"/g)]
      .map(([, address = '']) => address)
      .find((address) => address.endsWith(`/${step}`));
    if (action === undefined)
      throw new Error(
        `no form for ${step}, but ${String(answer.status)} ${answer.text.slice(0, 80)}`,
      );
    const sender = from === null ? {} : { origin: from };
    return go(new URL(action, origin), { form: fields, headers: { ...sender, ...headers } });
  }

  return {
    /** Below the issuer's address. */
    visit: (path: string): Promise<Shown> => go(new URL(prefix + path, origin)),
    submit,
    async login(page: Shown, username = 'ada'): Promise<Shown> {
      if (!page.answer.text.includes('name="password"')) return page;
      const { password } = target.person(username);
      return submit(page, 'login', { fields: { username, password } });
    },
    /** Of its cookies, as they were set. */
    attributes: () => [...jar.values()].map(({ line }) => line),
  };
}

export type Browser = Awaited<ReturnType<typeof openBrowser>>;

export interface Code {
  code: string;
  verifier: string;
  back: Shown;
}

/** The address at which an app asks for a code; undefined leaves a parameter out. */
export function codeRequest(changes: Record<string, string | undefined> = {}): string {
  const parameters: typeof changes = {
    client_id: APP,
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope: APP_SCOPE,
    prompt: 'consent',
    state: 'a-state',
    code_challenge: challengeOf('x'.repeat(43)),
    code_challenge_method: 'S256',
    ...changes,
  };
  const given = Object.entries(parameters).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return `/auth?${new URLSearchParams(given).toString()}`;
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

/** Through login, where it is asked for, and consent. */
export async function getCode(
  browser: Browser,
  changes: Record<string, string | undefined> = {},
): Promise<Code> {
  const verifier = randomBytes(32).toString('base64url');
  const request = codeRequest({ code_challenge: challengeOf(verifier), ...changes });
  const consent = await browser.login(await browser.visit(request));
  const back = await browser.submit(consent, 'consent');
  const code = back.url.searchParams.get('code');
  if (code === null) throw new Error(`no code, but ${back.url.href}`);
  return { code, verifier, back };
}

/** The app's own request to the token endpoint. */
export function askAsApp(target: Target, form: Record<string, string>): Promise<Answer> {
  const fields = { client_id: APP, ...form };
  return target.ask({ method: 'POST', path: '/identity/token', form: fields });
}

export function exchange(
  target: Target,
  { code, verifier }: Pick<Code, 'code' | 'verifier'>,
  changes: Record<string, string> = {},
): Promise<Answer> {
  return askAsApp(target, {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: CALLBACK,
    ...changes,
  });
}

export interface Tokens {
  access_token: string;
  refresh_token: string;
  id_token: string;
}

export async function getTokens(target: Target, browser: Browser): Promise<Tokens> {
  const answer = await exchange(target, await getCode(browser));
  if (answer.status !== 200) throw new Error(`no tokens, but ${answer.text}`);
  return parsed(answer.text) as Tokens;
}
