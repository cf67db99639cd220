/** What is done with tokens, secrets and assertions once they are there: used again, or for more than they were given for. */
import { randomUUID } from 'node:crypto';
import { authenticationOf } from '../client-authentication.ts';
import { encodePart, signJwt } from '../sign-jwt.ts';
import { parsed, type Answer } from './ask.ts';
import { describe, honest, refusedBy, type Attack, type Family } from './attack.ts';
import { askAsApp, getTokens, openBrowser, type Browser, type Tokens } from './person.ts';
import type { Target } from './target.ts';

export const grants: Family = {
  name: 'grants',
  async prepare(target) {
    const browser = await openBrowser(target);
    const { refresh_token: token } = await getTokens(target, browser);
    const first = await refresh(target, token, { scope: 'orders:read' });
    honest('a refresh token is worth new tokens', first.status === 200, first);
    return [
      ...refreshTokens(browser),
      ...escalations(),
      ...secrets(),
      ...(await assertions(target)),
      ...foreignGrants(),
    ];
  },
};

function refresh(target: Target, token: string, form: Record<string, string> = {}) {
  return askAsApp(target, { grant_type: 'refresh_token', refresh_token: token, ...form });
}

function refreshTokens(browser: Browser): Attack[] {
  const attempt = (name: string, form: Record<string, string>, error: string): Attack => ({
    name,
    async run(target) {
      const { refresh_token: token } = await getTokens(target, browser);
      return refusedBy(await refresh(target, token, form), 400, error);
    },
  });
  return [
    {
      name: 'refresh token used again, and its successor',
      async run(target) {
        const { refresh_token: token } = await getTokens(target, browser);
        const next = await refresh(target, token);
        const { refresh_token: successor } = parsed(next.text) as Tokens;
        const again = await refresh(target, token);
        const after = await refresh(target, successor);
        const refused = again.code === 'invalid_grant' && after.code === 'invalid_grant';
        return { refused, answer: `${describe(again)}, then ${describe(after)}` };
      },
    },
    attempt('refresh token by another client', { client_id: 'command-line' }, 'invalid_grant'),
    attempt(
      'refresh for a scope that was not allowed',
      { scope: 'orders:read catalog:write' },
      'invalid_scope',
    ),
  ];
}

function forItself(target: Target, scope: string, as = 'bob'): Promise<Answer> {
  return target.askToken(as, { grant_type: 'client_credentials', scope });
}

function escalations(): Attack[] {
  const asked = {
    'a customer asks for a scope of the staff': 'orders:read catalog:write',
    'a customer asks for a scope of partners': 'webhooks:write',
    'a program asks for a scope of people': 'openid',
    'a scope that nobody has': 'admin',
    'no scope at all': '',
  };
  return Object.entries(asked).map(([name, scope]) => ({
    name,
    run: async (target) => refusedBy(await forItself(target, scope), 400, 'invalid_scope'),
  }));
}

function secrets(): Attack[] {
  const basic = (id: string, secret: string) =>
    `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
  const guessed: Record<string, (target: Target) => string> = {
    "another client's secret": (target) => {
      const bob = target.client('bob');
      return basic('ada', 'clientSecret' in bob ? bob.clientSecret : '');
    },
    'the secret of a client that has a key': () => basic('outfitter', 'undefined'),
    'a client that is SQL': () => basic("ada' --", 'x'),
  };
  return Object.entries(guessed).map(([name, authorization]) => ({
    name,
    async run(target) {
      const answer = await target.ask({
        method: 'POST',
        path: '/identity/token',
        headers: { authorization: authorization(target) },
        form: { grant_type: 'client_credentials', scope: 'orders:read' },
      });
      return refusedBy(answer, 401, 'invalid_client');
    },
  }));
}

/** A partner signs who it is (RFC 7523). */
async function assertions(target: Target): Promise<Attack[]> {
  const issuer = await target.issuer();
  const partner = target.client('outfitter');
  if (!('privateKey' in partner)) throw new Error('the partner has no key');
  const { clientId, privateKey } = partner;
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: clientId, sub: clientId, aud: issuer, iat: now, exp: now + 60 };
  const header = { alg: 'ES256', typ: 'JWT' };
  const signed = (changes: object) =>
    signJwt(header, { ...claims, jti: randomUUID(), ...changes }, privateKey);
  const bad = {
    'assertion for another server': signed({ aud: 'https://evil.example' }),
    'assertion in the name of another client': signed({ iss: 'partner', sub: 'partner' }),
    'assertion for a year': signed({ exp: now + 8760 * 3600 }),
    'assertion that has expired': signed({ iat: now - 600, exp: now - 300 }),
    'assertion without jti': signed({ jti: undefined }),
    'assertion with alg none': `${encodePart({ alg: 'none' })}.${encodePart({ ...claims, jti: randomUUID() })}.`,
  };
  const send = (assertion: string) =>
    target.ask({
      method: 'POST',
      path: '/identity/token',
      form: {
        grant_type: 'client_credentials',
        scope: 'webhooks:read',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      },
    });
  const replay = async () => {
    const { form } = await authenticationOf(partner, target.issuer);
    const first = await send(form.client_assertion ?? '');
    honest('an assertion works once', first.status === 200, first);
    return send(form.client_assertion ?? '');
  };
  return [
    ...Object.entries(bad).map(([name, assertion]) => ({
      name,
      run: async () => refusedBy(await send(assertion), 401, 'invalid_client'),
    })),
    {
      name: 'assertion used again',
      run: async () => refusedBy(await replay(), 401, 'invalid_client'),
    },
  ];
}

/** Ways to a token that this server does not offer, and questions about tokens of others. */
function foreignGrants(): Attack[] {
  const grant = (name: string, form: Record<string, string>): Attack => ({
    name,
    run: async (target) =>
      refusedBy(await target.askToken('bob', form), 400, 'unsupported_grant_type'),
  });
  return [
    grant('password grant', { grant_type: 'password', username: 'ada', password: 'x' }),
    grant('token exchange', { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange' }),
    {
      name: 'a client that registers itself',
      async run({ ask }) {
        const json = { redirect_uris: ['https://evil.example/callback'] };
        const answer = await ask({ method: 'POST', path: '/identity/reg', json });
        return refusedBy(answer, 404, 'not-found');
      },
    },
    {
      name: "introspection of another's token",
      async run(target) {
        const { headers } = await authenticationOf(target.client('bob'), target.issuer);
        const form = { token: await target.token('ada') };
        const path = '/identity/token/introspection';
        const answer = await target.ask({ method: 'POST', path, headers, form });
        return { refused: answer.text === '{"active":false}', answer: describe(answer) };
      },
    },
  ];
}
