/**
 * The process of the embedded PostgreSQL server. It is a process of its own, in its own process group, because
 * a Ctrl-C at the terminal goes to the whole group, and the database must be the last to stop. It says `ready`
 * on its channel, and stops the server when told to, or when whoever started it is gone.
 */
import { startEmbeddedPostgres } from '@waymark/embedded-postgres/start.ts';

const { POSTGRES_DIRECTORY = '', POSTGRES_PORT = '', POSTGRES_PASSWORD = '' } = process.env;

let server: Awaited<ReturnType<typeof startEmbeddedPostgres>>;
try {
  server = await startEmbeddedPostgres({
    directory: POSTGRES_DIRECTORY,
    port: Number(POSTGRES_PORT),
    password: POSTGRES_PASSWORD,
  });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await server.stop();
  process.exit(0);
}

process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());
process.on('disconnect', () => void stop());
void server.exited.then(() => {
  if (!stopping) process.exit(1);
});
process.send?.('ready');
