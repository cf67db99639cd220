/** Jest's global set-up: one PostgreSQL server for all test files, in a folder that goes with it. */
import { startEmbeddedPostgres, type EmbeddedServer } from '@waymark/embedded-postgres/start.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '@waymark/lifecycle/free-port.ts';

interface Started {
  server: EmbeddedServer;
  directory: string;
}

const started: Started[] = [];

export async function setup(): Promise<void> {
  const directory = await mkdtemp(path.join(tmpdir(), 'waymark-test-'));
  const server = await startEmbeddedPostgres({
    directory: path.join(directory, 'postgres'),
    port: await freePort(),
    password: 'test',
    // Nothing here outlives the run, so commits need not reach the disk.
    settings: { fsync: 'off', full_page_writes: 'off' },
  });
  process.env.TEST_POSTGRES_URL = server.adminUrl;
  started.push({ server, directory });
}

export async function teardown(): Promise<void> {
  for (const { server, directory } of started.splice(0)) {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}
