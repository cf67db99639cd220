/**
 * Two versions on one database, as there are in every rollout. The old one is this service as it is; the new one, of which
 * there is only its SQL, calls `total_cents` `amount_cents`. The change takes two releases; in one it breaks whoever
 * still serves, which the last test shows.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setup, type OrderAnswer, type World } from './setup.ts';

/** The first release: both names, and whatever is written under one is there under the other. */
const EXPAND = `
  alter table orders add column amount_cents bigint, alter column total_cents drop not null;
  create function amount_is_total() returns trigger language plpgsql as $$ begin
    new.amount_cents := coalesce(new.amount_cents, new.total_cents);
    new.total_cents := coalesce(new.total_cents, new.amount_cents);
    return new;
  end $$;
  create trigger amount_is_total before insert or update on orders
    for each row execute function amount_is_total();
  update orders set amount_cents = total_cents;`;

/** The second release, when no old pod is left. */
const CONTRACT = `
  drop trigger amount_is_total on orders;
  alter table orders drop column total_cents, alter column amount_cents set not null;`;

const RENAME = 'alter table orders rename column total_cents to amount_cents';

const PLACED_MEANWHILE = 20;

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

/** Places an order as the new version does: another like the first, under the new name alone. */
async function placeAsNew(like: string, amountCents: number): Promise<string> {
  const id = randomUUID();
  await world.database.query(
    `insert into orders select (jsonb_populate_record(null::orders, to_jsonb(o) - 'total_cents' ||
       jsonb_build_object('id', $1::text, 'idempotency_key', $1::text, 'amount_cents', $2::bigint))).*
     from orders o where id = $3`,
    [id, amountCents, like],
  );
  return id;
}

async function readAsNew(id: string): Promise<number | undefined> {
  const [row] = await world.database.query<{ amount_cents: string }>(
    'select amount_cents from orders where id = $1',
    [id],
  );
  return row && Number(row.amount_cents);
}

test('while the expansion lands, the old version refuses nobody', async () => {
  const placed = Array.from({ length: PLACED_MEANWHILE }, () => world.place());
  const [answers] = await Promise.all([Promise.all(placed), world.database.query(EXPAND)]);
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 201));
});

test('side by side, each version reads what the other has written', async () => {
  await world.database.query(EXPAND);
  const byOld = await world.placed();
  expect(await readAsNew(byOld)).toBe(50_000);
  const byNew = await placeAsNew(byOld, 70_000);
  expect((await world.order(byNew)).totalCents).toBe(70_000);
});

test('what was there before the expansion is there for the new version, contracted too', async () => {
  const before = await world.placed();
  await world.database.query(EXPAND);
  await world.database.query(CONTRACT);
  expect(await readAsNew(before)).toBe(50_000);
  expect(await readAsNew(await placeAsNew(before, 70_000))).toBe(70_000);
});

test('renamed in one release, the old version fails every customer that it still serves', async () => {
  const id = await world.placed();
  await world.database.query(RENAME);
  expect((await world.place()).statusCode).toBe(500);
  expect((await world.get(`/v1/orders/${id}`)).json<Partial<OrderAnswer>>()).not.toHaveProperty(
    'totalCents',
  );
});
