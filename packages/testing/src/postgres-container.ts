/**
 * A PostgreSQL of its own whose disk a test can fill. Its log of changes lies elsewhere, so the server itself goes on
 * where the disk is full, and refuses each change that needs another page.
 */
import { GenericContainer, Wait } from 'testcontainers';

export interface PostgresContainer {
  /** Of the administrator, as TEST_POSTGRES_URL. */
  url: string;
  fillDisk(): Promise<void>;
  freeDisk(): Promise<void>;
  stop(): Promise<void>;
}

const PORT = 5432;
const DATA = '/data';
const BALLAST = `${DATA}/ballast`;

/** `megabytes` is what the disk holds, an empty server with two small databases being some 70. */
export async function startPostgres({ megabytes = 160 } = {}): Promise<PostgresContainer> {
  const container = await new GenericContainer('postgres:17')
    .withExposedPorts(PORT)
    .withTmpFs({ [DATA]: `size=${String(megabytes)}m,mode=1777` })
    .withEnvironment({
      POSTGRES_PASSWORD: 'test',
      PGDATA: `${DATA}/pg`,
      POSTGRES_INITDB_WALDIR: '/var/lib/postgresql/wal',
    })
    // The first time is that of the server that initialises.
    .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
    .start();
  const address = `${container.getHost()}:${String(container.getMappedPort(PORT))}`;
  return {
    url: `postgres://postgres:test@${address}/postgres`,
    async fillDisk() {
      // Ends with an error when nothing more fits, as it is meant to.
      await container.exec(['dd', 'if=/dev/zero', `of=${BALLAST}`, 'bs=8k']);
    },
    async freeDisk() {
      await container.exec(['rm', BALLAST]);
    },
    async stop() {
      await container.stop();
    },
  };
}
