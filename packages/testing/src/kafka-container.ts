/**
 * A Kafka of its own for a test file: one node, KRaft, no topics but those that are created. Tests reach it
 * without a name, or as a user who may do nothing until `command` grants it; what runs in the container is the super
 * user. One `KAFKA_*` setting switches all of the image's defaults off, so the set is complete.
 */
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { GenericContainer, Wait } from 'testcontainers';

export interface KafkaContainer {
  url: string;
  /** Of the listener for users, without `kafka://user:password@`. */
  saslAddress: string;
  /** Runs one of Kafka's scripts, as the super user: `kafka-acls.sh --add ...`. */
  command(script: string, ...args: string[]): Promise<string>;
  /** Ends the broker as an operator would, and starts it again at the same address. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface KafkaOptions {
  port?: number;
  /** Where clients are sent to: the port of a proxy in front. */
  advertisedPort?: number;
}

const OPEN = 9092;
const SASL = 9094;

export async function startKafka(options: KafkaOptions = {}): Promise<KafkaContainer> {
  // Clients are told where the broker is, so the ports on the host must be known before it starts.
  const port = options.port ?? (await freePort());
  const saslPort = await freePort();
  const openPort = options.advertisedPort ?? port;
  const container = await new GenericContainer('apache/kafka:4.3.1')
    .withExposedPorts({ container: OPEN, host: port }, { container: SASL, host: saslPort })
    .withEnvironment(settings(openPort, saslPort))
    .withWaitStrategy(Wait.forLogMessage('Kafka Server started'))
    .start();
  return {
    url: `kafka://127.0.0.1:${String(openPort)}`,
    saslAddress: `127.0.0.1:${String(saslPort)}`,
    async command(script, ...args) {
      const line = [`/opt/kafka/bin/${script}`, '--bootstrap-server', 'localhost:9095', ...args];
      const { output, exitCode } = await container.exec(line);
      if (exitCode !== 0) throw new Error(`${script}: ${output}`);
      return output;
    },
    async restart() {
      await container.restart({ timeout: 10 });
    },
    async stop() {
      await container.stop();
    },
  };
}

function settings(openPort: number, saslPort: number): Record<string, string> {
  return {
    KAFKA_NODE_ID: '1',
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_INTER_BROKER_LISTENER_NAME: 'ADMIN',
    KAFKA_LISTENERS: `OPEN://:${String(OPEN)},SASL://:${String(SASL)},ADMIN://localhost:9095,CONTROLLER://localhost:9093`,
    KAFKA_ADVERTISED_LISTENERS: `OPEN://127.0.0.1:${String(openPort)},SASL://127.0.0.1:${String(saslPort)},ADMIN://localhost:9095`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP:
      'OPEN:PLAINTEXT,SASL:SASL_PLAINTEXT,ADMIN:PLAINTEXT,CONTROLLER:PLAINTEXT',
    KAFKA_SASL_ENABLED_MECHANISMS: 'SCRAM-SHA-512',
    KAFKA_LISTENER_NAME_SASL_SCRAM___SHA___512_SASL_JAAS_CONFIG:
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    KAFKA_AUTHORIZER_CLASS_NAME: 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    KAFKA_SUPER_USERS: 'User:ANONYMOUS',
    KAFKA_LOG_DIRS: '/tmp/kafka-data',
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '4',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
    // The default of 3 s, in which more members may come, would be a pause in every test.
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
  };
}
