/**
 * Group commit for anything: calls that come while the work is under way wait, and then go together. Alone, a
 * call costs what it always did and waits for nobody; the busier it gets, the more of them share one round
 * trip, so that the cost of each falls just when it matters.
 */

/**
 * `work` gets items of up to `limit` in size and answers with one result each, in their order. Where it throws, each
 * of its callers gets that error. One at a time: callers themselves must bound how many wait.
 */
export function combine<Item, Result>(
  work: (items: Item[]) => Promise<Result[]>,
  limit: number,
  sizeOf: (item: Item) => number = () => 1,
): (item: Item) => Promise<Result> {
  const waiting: { item: Item; settle: PromiseWithResolvers<Result> }[] = [];
  let working = false;

  async function run(): Promise<void> {
    working = true;
    while (waiting.length > 0) {
      let size = 0;
      const end = waiting.findIndex(
        ({ item }, index) => (size += sizeOf(item)) > limit && index > 0,
      );
      const batch = waiting.splice(0, end === -1 ? waiting.length : end);
      try {
        const results = await work(batch.map(({ item }) => item));
        for (const [index, { settle }] of batch.entries()) settle.resolve(results[index] as Result);
      } catch (error) {
        for (const { settle } of batch) settle.reject(error);
      }
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
