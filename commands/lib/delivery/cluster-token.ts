/**
 * What kubectl runs to sign in: prints a token in the form of Kubernetes' credential plugins
 * (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins). The token is
 * the workflow's own identity, which its runner hands out for minutes, so nothing is stored and each call of kubectl
 * has a fresh one.
 */
import { parseArgs } from 'node:util';

const REQUEST_MS = 10_000;

const { values } = parseArgs({ options: { audience: { type: 'string', default: 'waymark' } } });
const { ACTIONS_ID_TOKEN_REQUEST_URL, ACTIONS_ID_TOKEN_REQUEST_TOKEN } = process.env;
if (ACTIONS_ID_TOKEN_REQUEST_URL === undefined || ACTIONS_ID_TOKEN_REQUEST_TOKEN === undefined) {
  throw new Error('no runner hands out identities here: the job needs the permission id-token');
}

const url = new URL(ACTIONS_ID_TOKEN_REQUEST_URL);
url.searchParams.set('audience', values.audience);
const response = await fetch(url, {
  headers: { authorization: `Bearer ${ACTIONS_ID_TOKEN_REQUEST_TOKEN}` },
  signal: AbortSignal.timeout(REQUEST_MS),
});
if (!response.ok) throw new Error(`the runner gives no identity: ${String(response.status)}`);
const { value: token } = (await response.json()) as { value: string };
const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
  exp: number;
};
console.log(
  JSON.stringify({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token, expirationTimestamp: new Date(claims.exp * 1000).toISOString() },
  }),
);
