/**
 * What the public document says of the token endpoint. Oidc-provider, not a route of ours, answers there, so these
 * schemas describe and check nothing; the test beside holds them to real answers.
 */
import type { Operation } from '@waymark/http/operation.ts';
import { Type } from 'typebox';

const scope = Type.String({ description: 'Separated by spaces.' });
const clientId = Type.Optional(
  Type.String({ description: 'Of a client without a secret, which names itself by this alone.' }),
);

const body = Type.Union(
  [
    Type.Object({
      grant_type: Type.Literal('client_credentials'),
      scope,
      client_assertion_type: Type.Optional(
        Type.String({
          description:
            'With an assertion: `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`.',
        }),
      ),
      client_assertion: Type.Optional(
        Type.String({
          description:
            'In place of a secret (RFC 7523): a JWT that the client has signed with its key by ES256, for `aud` the issuer, with its id as `iss` and `sub`, a new `jti`, and an `exp` about a minute away.',
        }),
      ),
    }),
    Type.Object({
      grant_type: Type.Literal('authorization_code'),
      client_id: clientId,
      code: Type.String(),
      code_verifier: Type.String({ description: 'Of PKCE, RFC 7636.' }),
      redirect_uri: Type.String(),
    }),
    Type.Object({
      grant_type: Type.Literal('refresh_token'),
      client_id: clientId,
      refresh_token: Type.String(),
      scope: Type.Optional(
        Type.String({ description: 'Some of those that were granted; all where it is left out.' }),
      ),
    }),
    Type.Object({
      grant_type: Type.Literal('urn:ietf:params:oauth:grant-type:device_code'),
      client_id: clientId,
      device_code: Type.String({ description: 'Of RFC 8628.' }),
    }),
  ],
  { title: 'TokenRequest' },
);

const tokens = Type.Object(
  {
    access_token: Type.String({ description: 'A JWT (RFC 9068), for the Authorization header.' }),
    token_type: Type.Union([Type.Literal('Bearer'), Type.Literal('DPoP')], {
      description: '`DPoP` where the request for it came with a proof.',
    }),
    expires_in: Type.Integer({ description: 'In seconds.' }),
    scope: Type.String({ description: 'What the access token is good for, of the API.' }),
    refresh_token: Type.Optional(
      Type.String({ description: 'With the scope offline_access. It can be used once.' }),
    ),
    id_token: Type.Optional(Type.String({ description: 'With the scope openid.' })),
  },
  { title: 'Tokens' },
);

const refusal = Type.Object(
  {
    error: Type.String({
      description:
        'Such as `invalid_client`, `invalid_grant`, `invalid_scope`, `invalid_request`, `authorization_pending`, `slow_down`.',
    }),
    error_description: Type.Optional(Type.String()),
  },
  { title: 'TokenRefusal', examples: [{ error: 'invalid_scope' }] },
);

const operation: Operation = {
  operationId: 'getToken',
  summary: 'Get an access token',
  description: `The token endpoint of OAuth 2 (RFC 6749). An access token lives for five minutes, so get the next one in time.

Whoever runs an installation gives out its clients: an id, and a secret or a registered key. A program that acts for itself sends \`grant_type=client_credentials\` with its id and secret as HTTP Basic, or with a \`client_assertion\` that it signs, and the \`scope\` that it needs; without a scope it is refused:

\`curl -u ID:SECRET {origin}/identity/token -d grant_type=client_credentials -d "scope=orders:read orders:write"\`

An app that acts for a person sends the person's browser to \`/identity/auth\` (\`response_type=code\`, PKCE with \`S256\`, \`client_id\`, \`redirect_uri\`, \`scope\`, \`state\`), gets a \`code\` at its redirect address and trades it here with its \`code_verifier\`, within a minute and once. It gets a refresh token by the scopes \`openid offline_access\` with \`prompt=consent\`. A refusal comes to the redirect address too, as \`error\`, with \`state\` and \`iss\`. \`/identity/.well-known/openid-configuration\` names the other endpoints (keys, revocation, introspection, sign-out), which are as their standards say. The pages themselves are for people and change without notice: they set cookies, take a form only from themselves (with an \`Origin\`, and it is ours), and after five wrong passwords an account is closed for 15 minutes.

A program without a browser posts \`client_id\` and \`scope\` to \`/identity/device/auth\` (RFC 8628; to try out: \`command-line\`), shows its person the \`user_code\` and \`verification_uri\` of the answer, and asks here with the \`device_code\` every 5 seconds. Until the person has said yes the answer is 400 with \`authorization_pending\`.

With a \`DPoP\` header (RFC 9449; ES256) the token is bound to the key of that proof, \`token_type\` is \`DPoP\`, and each request with it takes a proof of its own.

A client that cannot be told, or whose secret is wrong, is a 401 with \`invalid_client\`; every other refusal is a 400.

A refresh token is replaced at each use; one that is used again ends all refresh tokens of the same sign-in, and access tokens end by themselves. Two weeks after the sign-in a person is asked again.`,
  returns: 'The tokens.',
  consumes: 'application/x-www-form-urlencoded',
  examples: {
    body: { grant_type: 'client_credentials', scope: 'orders:read orders:write' },
    answer: {
      access_token: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2lnbmF0dXJl',
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'orders:read orders:write',
    },
  },
};

/** In the shape of a Fastify route. */
export const tokenEndpoint = {
  method: 'POST',
  url: '/identity/token',
  config: { operation },
  schema: { body, response: { 200: tokens, 400: refusal, 401: refusal } },
};
