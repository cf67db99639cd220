/**
 * Signing in from a command line (RFC 8628): ask for a code, let the person type it in a browser, ask again until
 * that is done. The tokens are kept beside the platform's data, readable by their owner alone, and renewed here.
 */
import { UserError } from '../../infra/embedded/user-error.ts';
import { platformDirectory } from './running.ts';
import { writeSecret } from '../../infra/embedded/secrets.ts';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const CLIENT_ID = 'command-line';
/** What is asked for, by the role of who signs in. */
export const scopes = {
  customer: 'openid offline_access orders:read orders:write',
  support: 'openid offline_access support:read support:refund',
};
const REQUEST_MS = 10_000;
/** A token is renewed this long before it expires. */
const MARGIN_MS = 30_000;
/** Between two questions, where the server does not say (RFC 8628, section 3.2). */
const INTERVAL_SECONDS = 5;

interface KeptTokens {
  accessToken: string;
  refreshToken: string;
  expiresAt: number;
}

interface Started {
  device_code: string;
  user_code: string;
  verification_uri: string;
  expires_in: number;
  interval?: number;
}

/** Resolves when the person has said yes. `say` shows the code and the address. */
export async function logIn(
  { gatewayUrl, scope }: { gatewayUrl: string; scope: string },
  say: (line: string) => void,
): Promise<void> {
  const start = await post(`${gatewayUrl}/identity/device/auth`, {
    scope,
    prompt: 'consent',
  });
  if (start.status !== 200) throw refusal(start.body);
  const started = start.body as unknown as Started;
  say(`open ${started.verification_uri} and enter the code ${started.user_code}`);
  const until = Date.now() + started.expires_in * 1000;
  let pauseSeconds = started.interval ?? INTERVAL_SECONDS;
  while (Date.now() < until) {
    await sleep(pauseSeconds * 1000);
    const { status, body } = await post(`${gatewayUrl}/identity/token`, {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: started.device_code,
    });
    if (status === 200) return keep(body);
    if (body.error === 'slow_down' || status === 429 || status === 503) pauseSeconds += 5;
    else if (body.error !== 'authorization_pending') throw refusal(body);
  }
  throw new UserError('nobody entered the code in time; ask for another with: npm run login');
}

/** The token of who signed in, renewed where it is about to expire. */
export async function tokenOfMe(gatewayUrl: string): Promise<string> {
  const text = await readFile(file(), 'utf8').catch(() => undefined);
  if (text === undefined) throw new UserError('nobody is signed in; do so with: npm run login');
  const kept = JSON.parse(text) as KeptTokens;
  if (kept.expiresAt - MARGIN_MS > Date.now()) return kept.accessToken;
  const { status, body } = await post(`${gatewayUrl}/identity/token`, {
    grant_type: 'refresh_token',
    refresh_token: kept.refreshToken,
  });
  if (status !== 200) throw refusal(body);
  // Before the new token is used: the old one is worth nothing any more, and its use again ends everything.
  await keep(body);
  return String(body.access_token);
}

async function keep(body: Record<string, unknown>): Promise<void> {
  const tokens: KeptTokens = {
    accessToken: String(body.access_token),
    refreshToken: String(body.refresh_token),
    expiresAt: Date.now() + Number(body.expires_in) * 1000,
  };
  await writeSecret(file(), JSON.stringify(tokens));
}

function file(): string {
  return path.join(platformDirectory, 'login.json');
}

async function post(url: string, form: Record<string, string>) {
  const response = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams({ client_id: CLIENT_ID, ...form }),
    signal: AbortSignal.timeout(REQUEST_MS),
  });
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, body };
}

function refusal({ error, error_description: description }: Record<string, unknown>): UserError {
  return new UserError(`not signed in: ${String(description ?? error)}; try: npm run login`);
}
