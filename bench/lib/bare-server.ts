/**
 * The limit: a Fastify server that does as little as it can. An order is one insert committed by PostgreSQL; a
 * product and a page of them are objects that it was given, written out by the schemas of the catalog. No
 * key, no outbox, no cache, no metrics, no gateway; and no token, but where it is told who issues them.
 */
import { requireScope } from '@waymark/tokens/require-scope.ts';
import { verifierFrom } from '@waymark/tokens/verifier.ts';
import { fastify } from 'fastify';
import pg from 'pg';
import { v1 } from '../../services/catalog/src/representations.ts';
import { policy } from '../../services/orders/src/policy.ts';

const { DATABASE_URL = '', PORT = '0', ANSWERS = '{}', TOKEN_ISSUER, JWKS_URL = '' } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
await pool.query(
  'create table if not exists intake (id uuid primary key default gen_random_uuid(), body jsonb not null, placed_at timestamptz not null default now())',
);
const server = fastify();

const rules = { TOKEN_AUDIENCE: 'urn:waymark:api', JWKS_URL };
const checks =
  TOKEN_ISSUER === undefined
    ? {}
    : { onRequest: requireScope(verifierFrom({ ...rules, TOKEN_ISSUER }), policy.place) };

server.post('/orders', checks, async (request, reply) => {
  const inserted = await pool.query<{ id: string }>({
    name: 'insert',
    text: 'insert into intake (body) values ($1) returning id',
    values: [JSON.stringify(request.body)],
  });
  reply.code(201);
  return { id: inserted.rows[0]?.id, state: 'placed' };
});

const answers = JSON.parse(ANSWERS) as Record<'product' | 'page', unknown>;
server.get(
  '/products/:id',
  { schema: { response: { 200: v1.schemas.product } } },
  () => answers.product,
);
server.get('/products', { schema: { response: { 200: v1.schemas.products } } }, () => answers.page);

await server.listen({ host: '127.0.0.1', port: Number(PORT) });
process.on('disconnect', () => process.exit());
process.send?.('ready');
