/** Tokens that are bound to a key (DPoP, RFC 9449), in the hands of somebody who has the token and not the key. */
import { createHash, generateKeyPairSync, randomUUID, type JsonWebKey } from 'node:crypto';
import { encodePart, signJwt } from '../sign-jwt.ts';
import { parsed, type Answer } from './ask.ts';
import { honest, refusedBy, type Attack, type Family } from './attack.ts';
import type { Target } from './target.ts';

type Changes = Record<string, unknown>;

/** Makes a proof; the changes replace what a good one says. */
type Prove = (claims: Changes, header?: Changes) => string;

interface Stolen {
  token: string;
  /** For a read of orders with this token, by the key that it is bound to. */
  prove: Prove;
  /** The same by the thief's own key. */
  thief: Prove;
}

const ORDERS = '/v1/orders';

export const proofs: Family = {
  name: 'dpop',
  async prepare(target) {
    const stolen = await getBoundToken(target);
    const { token, prove } = stolen;
    const good = await read(target, `DPoP ${token}`, prove({}));
    honest('a bound token with its proof reads orders', good.status === 200, good);
    return [...withBadProof(stolen), ...withoutProof(target, stolen), replayed(stolen)];
  },
};

function read(target: Target, authorization: string, dpop?: string | string[]): Promise<Answer> {
  const proof = dpop === undefined ? {} : { dpop };
  return target.ask({ path: ORDERS, headers: { authorization, ...proof } });
}

async function getBoundToken(target: Target): Promise<Stolen> {
  const issuer = await target.issuer();
  const mine = prover();
  const dpop = mine({ htm: 'POST', htu: `${issuer}/token` });
  const form = { grant_type: 'client_credentials', scope: 'orders:read' };
  const answer = await target.askToken('ada', form, { dpop });
  honest('a client gets a bound token', answer.text.includes('"DPoP"'), answer);
  const { access_token: token } = parsed(answer.text) as { access_token: string };
  const forOrders = { htm: 'GET', htu: new URL(ORDERS, issuer).href, ath: sha256(token) };
  const theirs = prover();
  return {
    token,
    prove: (claims, header) => mine({ ...forOrders, ...claims }, header),
    thief: (claims, header) => theirs({ ...forOrders, ...claims }, header),
  };
}

function prover(): Prove {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = keys.privateKey.export({ format: 'jwk' });
  const jwk: JsonWebKey = keys.publicKey.export({ format: 'jwk' });
  return (claims, header = {}) =>
    signJwt(
      { alg: 'ES256', typ: 'dpop+jwt', jwk, ...header },
      { jti: randomUUID(), iat: Math.floor(Date.now() / 1000), ...claims },
      key,
    );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function withBadProof({ token, prove, thief }: Stolen): Attack[] {
  const now = Math.floor(Date.now() / 1000);
  const [header = '', claims = ''] = prove({}).split('.');
  const bad: Record<string, string | string[]> = {
    "proof by the thief's key": thief({}),
    'proof for another method': prove({ htm: 'POST' }),
    'proof for another path': prove({ htu: 'http://localhost/v1/products' }),
    'proof for another host': prove({ htu: `https://evil.example${ORDERS}` }),
    'proof for another token': prove({ ath: sha256('another') }),
    'proof for no token': prove({ ath: undefined }),
    'proof of ten minutes ago': prove({ iat: now - 600 }),
    'proof of ten minutes ahead': prove({ iat: now + 600 }),
    'proof without jti': prove({ jti: undefined }),
    'proof of another typ': prove({}, { typ: 'JWT' }),
    'proof with alg none': `${encodePart({ alg: 'none', typ: 'dpop+jwt' })}.${claims}.`,
    'proof with its signature stripped': `${header}.${claims}.`,
    'two proofs': [prove({}), thief({})],
  };
  return Object.entries(bad).map(([name, proof]) => ({
    name,
    run: async (target) =>
      refusedBy(await read(target, `DPoP ${token}`, proof), 401, 'proof-invalid'),
  }));
}

function withoutProof(target: Target, { token, prove }: Stolen): Attack[] {
  const refused = async (...request: Parameters<typeof read>) =>
    refusedBy(await read(...request), 401, 'proof-invalid');
  return [
    {
      name: 'bound token as a bearer token',
      run: () => refused(target, `Bearer ${token}`),
    },
    {
      name: 'bound token as a bearer token, with its proof',
      run: () => refused(target, `Bearer ${token}`, prove({})),
    },
    { name: 'bound token without a proof', run: () => refused(target, `DPoP ${token}`) },
    {
      name: 'bearer token as a bound one',
      run: async () => {
        const bearer = await target.token('ada');
        return refused(target, `DPoP ${bearer}`, prove({ ath: sha256(bearer) }));
      },
    },
    {
      name: 'bound token as a bearer token, at the graph',
      async run({ ask }) {
        const json = { query: '{ orders { nodes { id } } }' };
        const headers = { authorization: `Bearer ${token}` };
        const answer = await ask({ method: 'POST', path: '/graphql', headers, json });
        return refusedBy(answer, 401, 'proof-invalid');
      },
    },
  ];
}

function replayed({ token, prove }: Stolen): Attack {
  return {
    name: 'proof sent eight times at once',
    async run(target) {
      const proof = prove({});
      const all = Array.from({ length: 8 }, () => read(target, `DPoP ${token}`, proof));
      const answers = await Promise.all(all);
      const taken = answers.filter(({ status }) => status === 200).length;
      const refused = answers.filter(({ code }) => code === 'proof-invalid').length;
      return { refused: taken === 1 && refused === 7, answer: `${String(taken)} of 8 taken` };
    },
  };
}
