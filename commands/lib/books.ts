/** Reads what the audit compares: every service's own tables, through each one's own login. */
import type { DatabaseName } from '../../infra/embedded/names.ts';
import pg from 'pg';

/** The address of each service's database. */
export type Databases = (name: DatabaseName) => string;

export interface LineRow {
  productId: string;
  quantity: number;
}

export interface OrderRow {
  id: string;
  state: string;
  totalCents: number;
  currency: string;
  lines: LineRow[];
  idempotencyKey: string;
  /** Past its deadline, or decided, for longer than the grace. */
  settled: boolean;
}

export interface PaymentRow {
  orderId: string;
  state: string;
  amountCents: number;
}

export interface HoldRow {
  reference: string;
  amountCents: number;
  currency: string;
  state: string;
  lapsed: boolean;
}

export interface ReservationRow {
  orderId: string;
  state: string;
  lines: LineRow[];
}

export interface StockRow {
  productId: string;
  onHand: number;
  reserved: number;
  moved: number;
  committed: number;
}

export interface PostingRow {
  transferId: string;
  orderId: string;
  account: string;
  amountCents: number;
}

export interface Books {
  orders: OrderRow[];
  payments: PaymentRow[];
  holds: HoldRow[];
  reservations: ReservationRow[];
  stock: StockRow[];
  postings: PostingRow[];
  /** Messages that are still on their way, or were given up: where, and how many. */
  waiting: { where: string; count: number }[];
}

/**
 * Each database at a moment of its own, orders first: what follows from them can then only be further along.
 * Tables that must agree with each other are read in one statement or not compared while orders flow.
 */
export async function readBooks(databases: Databases, graceSeconds: number): Promise<Books> {
  const orders = await query<OrderRow>(
    databases('orders'),
    `select id, state, total_cents::float8 as "totalCents", currency, lines,
       idempotency_key as "idempotencyKey",
       case when state in ('placed', 'awaiting-payment') then deadline_at else changed_at end
         <= now() - make_interval(secs => $1) as settled
     from orders`,
    [graceSeconds],
  );
  const payments = await query<PaymentRow>(
    databases('payments'),
    `select order_id as "orderId", state, amount_cents::float8 as "amountCents" from payments`,
  );
  const postings = await query<PostingRow>(
    databases('payments'),
    `select transfer_id as "transferId", order_id as "orderId", account,
       amount_cents::float8 as "amountCents" from postings`,
  );
  const holds = await query<HoldRow>(
    databases('psp'),
    `select reference, amount_cents::float8 as "amountCents", currency, state,
       state = 'authorised' and expires_at <= now() as lapsed from holds`,
  );
  // One statement is one moment: reservations and stock change together.
  const [inventory] = await query<{ reservations: ReservationRow[]; stock: StockRow[] }>(
    databases('inventory'),
    `select
       (select coalesce(json_agg(json_build_object('orderId', order_id, 'state', state, 'lines', lines)), '[]')
         from reservations) as reservations,
       (select coalesce(json_agg(rows), '[]') from (
         select product_id as "productId", on_hand as "onHand", reserved,
           coalesce(sum(delta), 0)::int as moved,
           coalesce(-sum(delta) filter (where kind in ('commit', 'return')), 0)::int as committed
         from stock left join movements using (product_id) group by product_id) rows) as stock`,
  );
  const { reservations, stock } = inventory ?? { reservations: [], stock: [] };
  return {
    orders,
    payments,
    holds,
    reservations,
    stock,
    postings,
    waiting: await readWaiting(databases, graceSeconds),
  };
}

/** Orders that nobody has decided, and payments that call for work at the card processor. */
export async function countUndecided(databases: Databases): Promise<number> {
  const [orders] = await query<{ count: number }>(
    databases('orders'),
    `select count(*)::int as count from orders where state in ('placed', 'awaiting-payment')`,
  );
  const [payments] = await query<{ count: number }>(
    databases('payments'),
    'select count(*)::int as count from payments where state = any ($1)',
    [[...PAYING]],
  );
  return (orders?.count ?? 0) + (payments?.count ?? 0);
}

/** The state of every order by its id: the books without what else they say. */
export async function readStates(databases: Databases): Promise<[id: string, state: string][]> {
  const rows = await query<{ id: string; state: string }>(
    databases('orders'),
    'select id, state from orders',
  );
  return rows.map(({ id, state }) => [id, state]);
}

export async function readWaiting(
  databases: Databases,
  graceSeconds: number,
): Promise<Books['waiting']> {
  const waiting: Books['waiting'] = [];
  for (const name of ['catalog', 'orders', 'inventory', 'payments'] as const) {
    const [row] = await query<{ count: number }>(
      databases(name),
      'select count(*)::int as count from outbox where created_at <= now() - make_interval(secs => $1)',
      [graceSeconds],
    );
    waiting.push({ where: `outbox of ${name}`, count: row?.count ?? 0 });
  }
  for (const name of ['orders', 'inventory', 'payments', 'notifications'] as const) {
    const [row] = await query<{ count: number }>(
      databases(name),
      'select count(*)::int as count from dead_letters',
    );
    waiting.push({ where: `dead letters of ${name}`, count: row?.count ?? 0 });
  }
  return waiting;
}

async function query<Row extends object>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5000,
    statement_timeout: 60_000,
  });
  await client.connect();
  try {
    const result = await client.query<Row>(text, values);
    return result.rows;
  } finally {
    await client.end();
  }
}

/** Whether a payment in this state calls for work at the card processor. */
export function isPaying(state: string): boolean {
  return PAYING.has(state);
}

const PAYING = new Set([
  'authorising',
  'abandoning',
  'capturing',
  'reauthorising',
  'voiding',
  'refunding',
]);
