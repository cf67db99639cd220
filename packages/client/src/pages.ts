/** A list that comes in pages, as one: the next page is asked for when the last item of the one before was taken. */
import { bodyOf } from './problem.ts';

interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** `ask` gets the cursor of the page, which the first one has not. Throws ApiProblem where one is refused. */
export async function* itemsOf<Item>(
  ask: (at: {
    cursor?: string;
  }) => Promise<{ data?: Page<Item>; error?: unknown; response: Response }>,
): AsyncGenerator<Item> {
  let at: { cursor?: string } = {};
  for (;;) {
    const { items, nextCursor } = bodyOf(await ask(at));
    yield* items;
    if (nextCursor === null) return;
    at = { cursor: nextCursor };
  }
}
