/** What the KeyValue suites need of an adapter. They use the port alone, and keys that no other test uses. */
import { randomUUID } from 'node:crypto';
import type { KeyValue } from '../src/key-value.ts';

export interface StoreUnderTest {
  /** One more client, as another process would have. */
  connect(): KeyValue;
  close(): Promise<void>;
}

export type OpenStore = () => Promise<StoreUnderTest>;

export async function setup(open: OpenStore) {
  const { connect, close } = await open();
  return {
    connect,
    keyValue: connect(),
    key: `test.${randomUUID()}`,
    [Symbol.asyncDispose]: close,
  };
}

export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
