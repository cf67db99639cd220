/**
 * Access tokens (RFC 8725 is the list of what goes wrong with JWTs). Each is sent to the customer's own orders; the
 * refusal must be a 401 `token-invalid`, so that one that fails for another reason does not count.
 */
import { honest, refusedBy, type Attack, type Family } from './attack.ts';
import { openForge, type Forge } from './forge.ts';
import { listen } from './listener.ts';
import { getTokens, openBrowser } from './person.ts';
import type { Target } from './target.ts';

const HOUR_S = 3600;

export const jwt: Family = {
  name: 'jwt',
  async prepare(target) {
    const forge = await openForge(target);
    const good = await readOrders(target, forge.changed({}));
    honest('a token with nothing changed reads orders', good.status === 200, good);
    const browser = await openBrowser(target);
    const { id_token: idToken, refresh_token: refreshToken } = await getTokens(target, browser);
    const others = {
      'the ID token of a sign-in': idToken,
      'a refresh token': refreshToken,
    };
    return [
      ...Object.entries({ ...unsigned(forge), ...wrongClaims(forge), ...others }).map(
        ([name, token]): Attack => ({
          name,
          run: async () => refusedBy(await readOrders(target, token), 401, 'token-invalid'),
        }),
      ),
      ...elsewhere(forge),
      ...keysOfTheirs(forge),
    ];
  },
};

function readOrders(target: Target, token: string) {
  return target.ask({ path: '/v1/orders', headers: { authorization: `Bearer ${token}` } });
}

/** The signature is missing, someone else's, or made with what everybody has. */
function unsigned(forge: Forge): Record<string, string> {
  const { under, hmac, publicKey, stranger, parts } = forge;
  const [header, claims, signature] = parts;
  const keep = () => signature;
  const hs256 = (secret: string | Buffer) => under({ alg: 'HS256' }, hmac(secret));
  const kid = (name: unknown) => under({ alg: 'HS256', kid: name }, hmac(''));
  const bobs = forge.changed({}, { sub: 'bob', client_id: 'bob' }).split('.');
  return {
    'alg none': under({ alg: 'none' }),
    'alg nOnE': under({ alg: 'nOnE' }),
    'alg none beside a good signature': under({ alg: 'none' }, keep),
    'no alg': under({ alg: undefined }, keep),
    'HS256 with the public key as PEM': hs256(publicKey.pem),
    'HS256 with the public key as DER': hs256(publicKey.der),
    'HS256 with the public key as JWK': hs256(publicKey.jwk),
    'HS256 with a coordinate of the public key': hs256(publicKey.x),
    'RS256 over an ES256 signature': under({ alg: 'RS256' }, keep),
    'kid that leads to an empty file': kid('../../../../dev/null'),
    'kid that is SQL': under({ alg: 'HS256', kid: "x' union select 'k' --" }, hmac('k')),
    'kid that is no text': kid({ $ne: '' }),
    'kid that nobody knows': stranger({ kid: 'made-up' }),
    'no kid, and another key': stranger({ kid: undefined }),
    'another key under our kid': stranger({}),
    'signature stripped': `${header}.${claims}.`,
    'signature cut short': `${header}.${claims}.${signature.slice(0, -4)}`,
    'signature of zeros': under({}, () => Buffer.alloc(64).toString('base64url')),
    'signature of another token': `${header}.${claims}.${bobs[2] ?? ''}`,
    'claims of another token': `${header}.${bobs[1] ?? ''}.${signature}`,
  };
}

/** Signed by the platform's own key: nothing but the one claim is wrong. */
function wrongClaims({ changed }: Forge): Record<string, string> {
  const now = Math.floor(Date.now() / 1000);
  return {
    'typ JWT': changed({ typ: 'JWT' }),
    'no typ': changed({ typ: undefined }),
    'aud of another API': changed({}, { aud: 'urn:waymark:other' }),
    'aud that only begins like ours': changed({}, { aud: 'urn:waymark:api.evil.example' }),
    'no aud': changed({}, { aud: undefined }),
    'iss of another server': changed({}, { iss: 'https://evil.example/identity' }),
    'no iss': changed({}, { iss: undefined }),
    expired: changed({}, { exp: now - 61, iat: now - 361 }),
    'no exp': changed({}, { exp: undefined }),
    'exp that is text': changed({}, { exp: String(now + HOUR_S) }),
    'nbf in the future': changed({}, { nbf: now + HOUR_S }),
    'iat in the future': changed({}, { iat: now + HOUR_S, exp: now + 2 * HOUR_S }),
    'issued an hour ago, for a year': changed({}, { iat: now - HOUR_S, exp: now + 8760 * HOUR_S }),
    'no sub': changed({}, { sub: undefined }),
    'no client_id': changed({}, { client_id: undefined }),
    'a crit header that nobody knows': changed({ crit: ['evil'], evil: true }),
    'bound to something that we cannot check': changed({}, { cnf: { 'x5t#S256': 'x' } }),
  };
}

/** A good token where no token belongs. */
function elsewhere({ parts }: Forge): Attack[] {
  const good = parts.join('.');
  const ways = {
    'a good token in the address': { path: `/v1/orders?access_token=${good}` },
    'a good token in a cookie': { path: '/v1/orders', headers: { cookie: `access_token=${good}` } },
  };
  return Object.entries(ways).map(([name, request]) => ({
    name,
    run: async ({ ask }) => refusedBy(await ask(request), 401, 'token-missing'),
  }));
}

/** The header says where the key is, or brings it along. Nobody may even ask there. */
function keysOfTheirs({ stranger, strangersKey }: Forge): Attack[] {
  const kid = 'theirs';
  const headers: Record<string, (url: string) => Record<string, unknown>> = {
    jku: (url) => ({ jku: url, kid }),
    x5u: (url) => ({ x5u: url, kid }),
    'kid that is an address': (url) => ({ kid: url }),
    'jwk in the header': () => ({ jwk: strangersKey, kid: undefined }),
    'x5c in the header': () => ({ x5c: ['MIIB'], kid }),
  };
  return Object.entries(headers).map(([name, header]) => ({
    name: `${name}, and the key is the attacker's`,
    async run(target) {
      const server = await listen(JSON.stringify({ keys: [{ ...strangersKey, kid }] }));
      try {
        const answer = await readOrders(target, stranger(header(server.url)));
        const { refused, answer: text } = refusedBy(answer, 401, 'token-invalid');
        return { refused: refused && server.asked.length === 0, answer: text };
      } finally {
        await server.stop();
      }
    },
  }));
}
