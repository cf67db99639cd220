import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@waymark/testing/database.ts';
import { sql, type Kysely } from 'kysely';
import { connectDatabase } from '../src/connect.ts';
import { isUnavailable } from '../src/unavailable.ts';

interface Schema {
  things: { id: number; name: string };
}

let database: TestDatabase;
let db: Kysely<Schema>;

beforeEach(async () => {
  database = await createTestDatabase(
    new URL('../../../services/psp/migrations/', import.meta.url),
  );
  await database.query('create table things (id int primary key, name text not null)');
  await database.query(`insert into things values (1, 'mug'), (2, 'tent')`);
  db = connectDatabase<Schema>({ url: database.url, applicationName: 'test', maxConnections: 1 });
});
afterEach(async () => {
  await db.destroy();
  await database.drop();
});

const find = (id: number) =>
  db.selectFrom('things').selectAll().where('id', '=', id).executeTakeFirst();

test('a statement with values is planned once per connection, whatever the values', async () => {
  expect([(await find(1))?.name, (await find(2))?.name]).toEqual(['mug', 'tent']);
  const { rows } = await sql<{ statement: string }>`
    select statement from pg_prepared_statements where statement like '%things%' and ${true}
  `.execute(db);
  expect(rows.filter(({ statement }) => statement.includes('"id" = $1'))).toHaveLength(1);
});

test('after a migration has added a column, a statement fails once as if the database were away, and then works', async () => {
  await find(1);
  await database.query(`alter table things add column colour text default 'red'`);
  const failure = await find(1).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(isUnavailable(failure)).toBe(true);
  expect(await find(1)).toEqual({ id: 1, name: 'mug', colour: 'red' });
});
