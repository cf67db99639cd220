/**
 * A card processor for the tests to play with: it is the outside, so it is played, but over real HTTP. Like a
 * real one it keeps books and answers a repeated key with its first answer. A script may refuse a call, drop
 * its connection or let it hang; the last two only after the books are written, which is the hard case.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface Call {
  path: string;
  key: string;
  traceparent: string | undefined;
  body: Record<string, unknown>;
}

/** What a script makes of a call: a refusal in place of the books, then a pause, then an answer or none. */
interface Fault {
  refusal?: { status: number; code: string };
  until?: Promise<unknown>;
  drop?: boolean;
}

interface Hold {
  id: string;
  amountCents: unknown;
  state: 'authorised' | 'captured' | 'voided' | 'refunded';
}

const states = { capture: 'captured', void: 'voided', refund: 'refunded' } as const;

export async function playCardProcessor() {
  const calls: Call[] = [];
  const holds: Hold[] = [];
  const answers = new Map<string, Hold>();
  const atOnce = { now: 0, most: 0 };
  let script: (call: Call, earlier: number) => Fault | undefined = () => undefined;

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { url = '', headers } = incoming;
    const call: Call = {
      path: url,
      key: String(headers['idempotency-key']),
      traceparent: headers.traceparent as string | undefined,
      body: (await json(incoming)) as Call['body'],
    };
    const earlier = calls.filter(({ key }) => key === call.key).length;
    const { refusal, until, drop = false } = script(call, earlier) ?? {};
    calls.push(call);
    const answer = refusal === undefined ? writeBooks(call) : { code: refusal.code };
    await until;
    if (drop || outgoing.destroyed) outgoing.destroy();
    else {
      outgoing.writeHead(refusal?.status ?? 200, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify(answer));
    }
  }

  function writeBooks({ key, path, body }: Call): Hold {
    const earlier = answers.get(key);
    if (earlier !== undefined) return earlier;
    const [, id, action] = /^\/v1\/holds\/(.*)\/(.*)$/.exec(path) ?? [];
    const hold: Hold = holds.find((known) => known.id === id) ?? {
      id: randomUUID(),
      amountCents: body.amountCents,
      state: 'authorised',
    };
    if (action === undefined) holds.push(hold);
    else hold.state = states[action as keyof typeof states];
    answers.set(key, hold);
    return hold;
  }

  const server = createServer((incoming, outgoing) => {
    atOnce.now += 1;
    atOnce.most = Math.max(atOnce.most, atOnce.now);
    void serve(incoming, outgoing).finally(() => (atOnce.now -= 1));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${String(port)}`,
    /** Every call, in the order of arrival. */
    calls,
    /** The processor's own books. */
    holds,
    atOnce,
    /** Decides from now on what goes wrong; `earlier` counts the calls under the same key before this one. */
    follow(next: typeof script) {
      script = next;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
