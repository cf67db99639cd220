/**
 * The process of the embedded PostgreSQL server. It is a process of its own, in its own process group, because
 * a Ctrl-C at the terminal goes to the whole group, and the database must be the last to stop. It stops
 * the server when told to, or when whoever started it is gone.
 */
import { startEmbeddedPostgres } from '@waymark/embedded-postgres/start.ts';

const { POSTGRES_DIRECTORY = '', POSTGRES_PORT = '', POSTGRES_PASSWORD = '' } = process.env;

let stopping = false;
// It changes while this file awaits, which the compiler's narrowing cannot see.
const isStopping = () => stopping;
const starting = startEmbeddedPostgres({
  directory: POSTGRES_DIRECTORY,
  port: Number(POSTGRES_PORT),
  password: POSTGRES_PASSWORD,
});

/** Also while it is still starting: a server without a supervisor would hold the data and the port. */
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await starting.then(
    (server) => server.stop(),
    () => undefined,
  );
  process.exit(0);
}

process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());
process.on('disconnect', () => void stop());

try {
  const server = await starting;
  await server.exited;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
if (!isStopping()) process.exit(1);
