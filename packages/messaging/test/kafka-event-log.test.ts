/** The suites of the port on Kafka, on one broker: their names do not meet. */
import { afterAll, beforeAll } from '@jest/globals';
import { describeWithDocker } from '@waymark/testing/docker.ts';
import { startKafka, type KafkaContainer } from '@waymark/testing/kafka-container.ts';
import { eventLogGroupsSuite } from './event-log-groups.suite.ts';
import { eventLogSuite } from './event-log.suite.ts';
import { logIn, START_MS } from './kafka-setup.ts';

describeWithDocker('EventLog on Kafka', () => {
  let kafka: KafkaContainer;
  beforeAll(async () => {
    kafka = await startKafka();
  }, START_MS);
  afterAll(() => kafka.stop());

  eventLogSuite('kafka', async () => logIn(kafka.url));
  eventLogGroupsSuite('kafka', async () => logIn(kafka.url));
});
