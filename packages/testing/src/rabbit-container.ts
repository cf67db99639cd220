/** A RabbitMQ of its own for a test file, with the image's settings, which the test can restart and command. */
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { GenericContainer, Wait } from 'testcontainers';

export interface RabbitContainer {
  host: string;
  port: number;
  /** Of a user who may do anything. */
  url: string;
  /** What `rabbitmqctl` answers. */
  ctl(...command: string[]): Promise<string>;
  /** Ends the server as an operator would, and starts it again at the same address. */
  restart(): Promise<void>;
  /** Ends it with no time for anything, and starts it again at the same address. */
  killAndRestart(): Promise<void>;
  stop(): Promise<void>;
}

const PORT = 5672;
const GOODBYE_MS = 20_000;

export async function startRabbit(): Promise<RabbitContainer> {
  // Docker gives a restarted container another port, unless it was told which.
  const port = await freePort();
  const container = await new GenericContainer('rabbitmq:4-management')
    .withExposedPorts({ container: PORT, host: port })
    .withEnvironment({
      RABBITMQ_DEFAULT_USER: 'waymark',
      RABBITMQ_DEFAULT_PASS: 'secret',
      // What was dead-lettered before its exchange was back is tried again after 3 minutes, unless told otherwise.
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
        '-rabbit dead_letter_worker_publisher_confirm_timeout 5000',
    })
    .withWaitStrategy(Wait.forLogMessage('Server startup complete'))
    .start();
  const host = container.getHost();
  return {
    host,
    port,
    url: `amqp://waymark:secret@${host}:${String(port)}/`,
    async ctl(...command) {
      const { output, exitCode } = await container.exec(['rabbitmqctl', '--quiet', ...command]);
      if (exitCode !== 0) throw new Error(`rabbitmqctl ${command[0] ?? ''}: ${output}`);
      return output.trim();
    },
    async restart() {
      // Without a time to end in it is killed, and then a server that made a quorum queue less than some seconds ago
      // starts with an empty one: its list of members is not on disk yet.
      await container.restart({ timeout: GOODBYE_MS });
    },
    async killAndRestart() {
      await container.restart({ timeout: 0 });
    },
    async stop() {
      await container.stop();
    },
  };
}
