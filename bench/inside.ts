/** `node bench/inside.ts NAME` in the network of a platform in containers. The last line is what is kept, as JSON. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { getRunning, runCommand } from '../commands/lib/running.ts';
import { createShop } from '../commands/lib/shop.ts';
import { fillShelves, type Target } from './lib/bench.ts';
import { latency } from './latency.ts';
import { relay } from './relay.ts';

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

await runCommand(async () => {
  const bench = [latency, relay].find(({ name }) => name === process.argv[2]);
  if (bench === undefined) throw new Error(`there is no bench ${process.argv[2] ?? ''} here`);
  const results = await bench.run(await findTarget(), print);
  print(JSON.stringify(results));
  return 0;
});

async function findTarget(): Promise<Target> {
  const running = await getRunning();
  const shop = createShop(running);
  return {
    shop,
    productIds: await fillShelves(shop),
    // As the one who sets Kafka up: nobody else may create topics.
    eventLogUrl: process.env.KAFKA_ADMIN_URL ?? '',
    createOutbox: () => createSchema(running.databaseUrl('psp')),
  };
}

/** A schema beside the tables of a service that has no relay: of the relays of one database, one works. */
async function createSchema(databaseUrl: string): Promise<string> {
  const name = `bench_${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(`create schema ${name}`);
  await client.end();
  return `${databaseUrl}?options=${encodeURIComponent(`-c search_path=${name}`)}`;
}
