/** Server-sent events, as a client reads them: https://html.spec.whatwg.org/multipage/server-sent-events.html */

/** Each event's fields by their names; comments are left out, so an event can have none. */
export async function* readEvents(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Partial<Record<string, string>>> {
  const decoder = new TextDecoder();
  let buffer = '';
  for await (const chunk of body) {
    buffer += decoder.decode(chunk, { stream: true });
    const blocks = buffer.split('\n\n');
    buffer = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = block.split('\n').map((line) => line.split(/: ?(.*)/s, 2) as [string, string]);
      yield Object.fromEntries(fields.filter(([name]) => name !== ''));
    }
  }
}
