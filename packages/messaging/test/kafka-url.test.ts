/** What the address of a Kafka says. */
import { expect, test } from '@jest/globals';
import { parseKafkaUrl } from '../src/kafka-client.ts';

test('an address names several brokers, who is asking, and whether it is over TLS', () => {
  expect(parseKafkaUrl('kafkas://orders:p%40ss@one:9096,two:9096')).toEqual({
    brokers: ['one:9096', 'two:9096'],
    user: 'orders',
    password: 'p@ss',
    ssl: true,
  });
  expect(parseKafkaUrl('kafka://localhost:9092').ssl).toBe(false);
});

test('another address is refused', () => {
  expect(() => parseKafkaUrl('kafkass://localhost:9092')).toThrow('a Kafka URL has the form');
});
