/**
 * The limit: a Fastify server with one route that does as little as an order intake can, one insert committed
 * by PostgreSQL, and one that answers JSON of a given size. No token, no key, no outbox, no gateway.
 */
import { fastify } from 'fastify';
import pg from 'pg';

const { DATABASE_URL = '', PORT = '0', JSON_BYTES = '2000' } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
await pool.query(
  'create table if not exists intake (id uuid primary key default gen_random_uuid(), body jsonb not null, placed_at timestamptz not null default now())',
);
const server = fastify();

server.post('/orders', async (request, reply) => {
  const inserted = await pool.query<{ id: string }>({
    name: 'insert',
    text: 'insert into intake (body) values ($1) returning id',
    values: [JSON.stringify(request.body)],
  });
  reply.code(201);
  return { id: inserted.rows[0]?.id, state: 'placed' };
});

const item = { id: 'x', name: 'a product', description: 'd'.repeat(100), priceCents: 100 };
const items = Array.from(
  { length: Math.ceil(Number(JSON_BYTES) / JSON.stringify(item).length) },
  () => item,
);
server.get('/json', () => ({ items, nextCursor: null }));

await server.listen({ host: '127.0.0.1', port: Number(PORT) });
process.on('disconnect', () => process.exit());
process.send?.('ready');
