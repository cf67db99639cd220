import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { randomUUID } from 'node:crypto';
import { HOLD_MS, KEY_MS } from '../src/hold.ts';
import { setup, type World } from './setup.ts';

let world: World;
beforeEach(async () => {
  world = await setup();
});
afterEach(() => world.stop());

const countKeys = async () => {
  const rows = await world.query<{ count: number }>(
    `select (select count(*) from answers)::int + (select count(*) from failed_once)::int as count`,
  );
  return rows[0]?.count;
};

test('a key is known for its time and forgotten then, and its hold stays in the books', async () => {
  const [old, young] = [randomUUID(), randomUUID()];
  await world.hold({ cardToken: 'tok_fail_once' }, old);
  const { body: first } = await world.hold({ cardToken: 'tok_fail_once' }, old);
  const { body: second } = await world.hold({}, young);
  await world.query(`update answers set answered_at = answered_at - interval '1 minute'
    where idempotency_key = '${old}'`);
  await world.query(`update failed_once set failed_at = failed_at - interval '1 minute'`);
  expect(await countKeys()).toBe(3);
  world.time.now = new Date(Date.now() + KEY_MS - 30_000);
  for (const part of world.app.parts) part.start();
  await eventually(async () => (await countKeys()) === 1);
  expect((await world.hold({}, young)).body).toEqual(second);
  expect((await world.hold({}, old)).body.id).not.toBe(first.id);
  expect(await world.books()).toHaveLength(3);
});

test('a key is known for longer than a hold lasts, so that asking late never holds the money twice', () => {
  expect(KEY_MS).toBeGreaterThan(HOLD_MS);
});
