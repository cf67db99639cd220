/**
 * Group commit for anything: calls that come while the work is under way wait, and then go together. Alone, a
 * call costs what it always did and waits for nobody; the busier it gets, the more of them share one round
 * trip, so that the cost of each falls just when it matters.
 */
import type { Pace } from './pace.ts';

interface CombineOptions<Item> {
  /** The size of a batch at most. */
  limit: number;
  /** 1 each unless given. */
  sizeOf?: (item: Item) => number;
  /** Says when a batch may begin; what did not fit into the one before begins at once. */
  pace?: Pace;
}

/**
 * `work` gets items of up to `limit` in size and answers with one result each, in their order. Where it throws, each
 * of its callers gets that error. One at a time: callers themselves must bound how many wait.
 */
export function combine<Item, Result>(
  work: (items: Item[]) => Promise<Result[]>,
  { limit, sizeOf = () => 1, pace }: CombineOptions<Item>,
): (item: Item) => Promise<Result> {
  const waiting: { item: Item; settle: PromiseWithResolvers<Result> }[] = [];
  let working = false;

  async function run(): Promise<void> {
    working = true;
    let more = false;
    while (waiting.length > 0) {
      if (!more && pace !== undefined) await pace.ready();
      let size = 0;
      const end = waiting.findIndex(
        ({ item }, index) => (size += sizeOf(item)) > limit && index > 0,
      );
      more = end !== -1;
      const batch = waiting.splice(0, more ? end : waiting.length);
      try {
        const results = await work(batch.map(({ item }) => item));
        for (const [index, { settle }] of batch.entries()) settle.resolve(results[index] as Result);
      } catch (error) {
        for (const { settle } of batch) settle.reject(error);
      }
      pace?.ended();
    }
    working = false;
  }

  return (item) => {
    const settle = Promise.withResolvers<Result>();
    waiting.push({ item, settle });
    if (!working) void run();
    return settle.promise;
  };
}
