/** A client of one stream: reads it as a browser's EventSource would, and keeps all it got. */
import type { Step } from '../src/step.ts';

export interface Received {
  id: string;
  event: string;
  data: Step;
}

export async function openStream(url: string, headers: Record<string, string>) {
  const leaving = new AbortController();
  const response = await fetch(url, { headers, signal: leaving.signal });
  const stream = { text: '', hasEnded: false };

  async function read(): Promise<'cleanly' | 'cut off'> {
    try {
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? [])
        stream.text += decoder.decode(chunk as Uint8Array, { stream: true });
      return 'cleanly';
    } catch {
      return 'cut off';
    } finally {
      stream.hasEnded = true;
    }
  }

  const ended = read();
  const received = () => stream.text.split('\n\n').slice(0, -1).flatMap(parse);
  return {
    status: response.status,
    headers: response.headers,
    ended,
    hasEnded: () => stream.hasEnded,
    text: () => stream.text,
    received,
    /** The names of the steps so far. */
    steps: () => received().map(({ event }) => event),
    lastId: () => received().at(-1)?.id ?? '',
    async leave() {
      leaving.abort();
      await ended;
    },
  };
}

function parse(block: string): Received[] {
  const [, id, event, data] = /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(block) ?? [];
  if (id === undefined || event === undefined || data === undefined) return [];
  return [{ id, event, data: JSON.parse(data) as Step }];
}
