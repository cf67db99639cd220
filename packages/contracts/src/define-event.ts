/**
 * An event type: its name, the topic it travels on and the schema of its data. The name ends in a version;
 * a change that old consumers could not read gets a new name, and both are published until nobody reads the old.
 * released/ has each type as it was published, and tools/check-contracts.ts refuses what its readers could not bear.
 */
import type { Static, TSchema } from 'typebox';
import type { TopicName } from './topics.ts';

export interface EventContract<Data extends TSchema = TSchema> {
  readonly type: string;
  readonly topic: TopicName;
  /** What is true once this has happened, in a sentence. */
  readonly summary: string;
  readonly data: Data;
}

export type EventData<Contract extends EventContract> = Static<Contract['data']>;

export function defineEvent<Data extends TSchema>(
  contract: EventContract<Data>,
): EventContract<Data> {
  return contract;
}
