/** Checks the audit trails of a platform, as those who may only read them. */
import { createChainCheck, type AuditRow } from '@waymark/database/audit-trail.ts';
import pg from 'pg';
import type { Databases } from './books.ts';

const NAMES = ['orders', 'identity'] as const;
const BATCH = 1000;

/** A line for each trail, and for each expected hash that is in none. */
export async function verify(
  databases: Databases,
  expected: readonly string[],
): Promise<{ lines: string[]; whole: boolean }> {
  const missing = new Set(expected);
  const trails = [];
  for (const name of NAMES) trails.push(await verifyOne(name, databases(name), missing));
  const gone = [...missing].map((hash) => `${hash} is in no trail: one was cut off or replaced`);
  const whole = gone.length === 0 && trails.every((trail) => trail.whole);
  return { lines: [...trails.map(({ line }) => line), ...gone], whole };
}

async function verifyOne(name: string, url: string, missing: Set<string>) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    const chain = createChainCheck();
    let after = -(2 ** 31);
    for (;;) {
      const { rows } = await client.query<AuditRow>(
        `select seq::float8 as seq, at, actor, act, object, details, previous, hash
         from audit_trail where seq > $1 order by seq limit ${String(BATCH)}`,
        [after],
      );
      const broken = chain.check(rows);
      if (broken !== undefined)
        return { whole: false, line: `${name}: row ${String(broken.seq)} ${broken.why}` };
      for (const { hash } of rows) missing.delete(hash);
      after = rows.at(-1)?.seq ?? after;
      if (rows.length === 0) break;
    }
    const { seq, hash } = chain.head();
    return { whole: true, line: `${name}: ${String(seq)} rows, whole; the last hash is ${hash}` };
  } finally {
    await client.end();
  }
}
