/** The issuer's public keys, over the network and within bounds. */
import { createHttpClient } from '@waymark/http/client.ts';
import type { Tls } from '@waymark/http/tls.ts';
import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';

const TIMEOUT_MS = 2000;
/** So long nobody asks the issuer again, whatever key ids come in. */
const COOLDOWN_MS = 5000;
/** The same after it gave no keys. */
const AFTER_FAILURE_MS = 1000;

/** The issuer's published keys, fetched when an unknown key id turns up and kept for ten minutes. */
export function remoteKeys(
  jwksUrl: string,
  { tls, cooldownMs = COOLDOWN_MS }: { tls?: Tls | undefined; cooldownMs?: number } = {},
): JWTVerifyGetKey {
  const { origin, pathname } = new URL(jwksUrl);
  const client = createHttpClient({ baseUrl: origin, timeoutMs: TIMEOUT_MS, tls });
  let failedUntil = 0;
  return createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: TIMEOUT_MS,
    // #region unknown-keys-cost-one-fetch
    // A key id is text that anyone can write. Were each unknown one fetched for, a stranger's tokens would be a flood
    // at the issuer; were none, a new key would go unknown until the cache ends. One fetch in five seconds is enough,
    // as the issuer publishes a key three times as long before it signs. jose counts from the last answer alone, so
    // an issuer that is down would be asked for every token; hence our own, shorter wait after a failure.
    cooldownDuration: cooldownMs,
    async [customFetch]() {
      if (failedUntil > Date.now()) throw new Error('the issuer did not give its keys just now');
      failedUntil = Date.now() + AFTER_FAILURE_MS;
      const { status, body } = await client.call({ method: 'GET', path: pathname });
      if (status === 200) failedUntil = 0;
      return Response.json(body, { status });
    },
    // #endregion
  });
}
