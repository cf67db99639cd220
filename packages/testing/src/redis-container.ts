/** A Redis of its own for a test file, which the test can command and restart. */
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { GenericContainer, Wait } from 'testcontainers';

export interface RedisContainer {
  host: string;
  port: number;
  url: string;
  /** What `redis-cli` answers. */
  cli(...command: string[]): Promise<string>;
  /** Starts it anew, empty, at the same address. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const PORT = 6379;

export async function startRedis(): Promise<RedisContainer> {
  // Docker gives a restarted container another port, unless it was told which.
  const port = await freePort();
  const container = await new GenericContainer('redis:8')
    .withExposedPorts({ container: PORT, host: port })
    // Nothing is kept on disk: a restart is the loss of all data, the worse case.
    .withCommand(['redis-server', '--save', ''])
    // The log goes on over a restart, so the server itself is asked.
    .withWaitStrategy(Wait.forSuccessfulCommand('redis-cli ping'))
    .start();
  const host = container.getHost();
  return {
    host,
    port,
    url: `redis://${host}:${String(port)}`,
    async cli(...command) {
      const { output, exitCode } = await container.exec(['redis-cli', '-e', ...command]);
      if (exitCode !== 0) throw new Error(`redis-cli ${command[0] ?? ''}: ${output}`);
      return output.trim();
    },
    async restart() {
      await container.restart();
    },
    async stop() {
      await container.stop();
    },
  };
}
