/**
 * `npm run dead-letters -- list | show SERVICE ID | redrive SERVICE ID|all`: the events that a service could not
 * handle. Redriving asks the service to handle one again; that it then worked shows in `list`.
 */
import { connectDatabase } from '@waymark/database/connect.ts';
import {
  listDeadLetters,
  requestRedrive,
  type DeadLetterTable,
} from '@waymark/messaging/dead-letters.ts';
import { parseArgs } from 'node:util';
import { runOn } from './lib/on-compose.ts';
import { getRunning, runCommand, type Running } from './lib/running.ts';
import { UserError } from '../infra/embedded/user-error.ts';

const usage = `npm run dead-letters -- list
npm run dead-letters -- show SERVICE ID
npm run dead-letters -- redrive SERVICE ID|all
`;
const services = ['orders', 'inventory', 'payments', 'notifications'] as const;
type Service = (typeof services)[number];

interface Schema {
  dead_letters: DeadLetterTable;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { on: { type: 'string', default: 'embedded' } },
  });
  return runOn(values.on, () => obey(positionals));
});

async function obey([verb, name, id]: string[]): Promise<number> {
  const running = await getRunning();
  if (verb === 'list') return list(running);
  if (verb === 'show') return show(running, serviceOf(name), idOf(id));
  if (verb === 'redrive') {
    const which = id === 'all' ? 'all' : idOf(id);
    const marked = await onDatabase(running, serviceOf(name), (db) => requestRedrive(db, which));
    print(`${String(marked)} to be tried again; see: npm run dead-letters -- list`);
    return marked > 0 ? 0 : 1;
  }
  throw new UserError(`say what to do:\n${usage}`);
}

async function list(running: Running): Promise<number> {
  let count = 0;
  for (const service of services) {
    for (const letter of await onDatabase(running, service, listDeadLetters)) {
      count += 1;
      const { id, key, reason, attempts, failedAt, redriveRequested } = letter;
      const when = redriveRequested ? 'being tried again' : `since ${failedAt.toISOString()}`;
      const type = letter.headers.ce_type ?? 'no type';
      print(
        `${service} ${String(id)}  ${type}  ${key}  ${when}, ${String(attempts)} attempts: ${reason}`,
      );
    }
  }
  if (count === 0) print('no dead letters');
  return 0;
}

async function show(running: Running, service: Service, id: number): Promise<number> {
  const letters = await onDatabase(running, service, listDeadLetters);
  const letter = letters.find((candidate) => candidate.id === id);
  if (letter === undefined) throw new UserError(`${service} has no dead letter ${String(id)}`);
  print(JSON.stringify(letter, null, 2));
  return 0;
}

async function onDatabase<T>(
  running: Running,
  service: Service,
  work: (db: ReturnType<typeof connectDatabase<Schema>>) => Promise<T>,
): Promise<T> {
  const url = running.databaseUrl(service);
  const db = connectDatabase<Schema>({ url, applicationName: 'dead-letters' });
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}

function serviceOf(name: string | undefined): Service {
  const service = services.find((candidate) => candidate === name);
  if (service === undefined)
    throw new UserError(`name a service (${services.join(', ')}):\n${usage}`);
  return service;
}

function idOf(text: string | undefined): number {
  const id = Number(text);
  if (!Number.isInteger(id)) throw new UserError(`name a dead letter by its number:\n${usage}`);
  return id;
}
