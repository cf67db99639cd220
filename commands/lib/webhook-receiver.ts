/**
 * A receiver of webhooks as a partner would write it: nothing is believed before its signature was checked, and
 * a delivery that comes twice takes effect once. Both are the receiver's to do: the sender delivers at least once.
 */
import { verifyWebhook } from '@waymark/http/webhook-signature.ts';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

const MAX_BODY_BYTES = 64 * 1024;
/** Ids are kept for longer than a delivery is repeated; by number, so that nobody can fill our memory. */
const REMEMBERED = 10_000;

export interface ReceiverOptions {
  /** Undefined until the webhook is registered. */
  secret(): string | undefined;
  print(line: string): void;
  clock?: () => Date;
}

export async function startReceiver({ secret, print, clock = () => new Date() }: ReceiverOptions) {
  const seen = new Set<string>();

  function judge(headers: IncomingMessage['headers'], body: string): number {
    const id = String(headers['webhook-id']);
    const key = secret();
    if (key === undefined || !verifyWebhook(key, { headers, body }, clock())) {
      print('refused: the signature is wrong or older than five minutes');
      return 401;
    }
    // An answer of success all the same: an error would have it sent again.
    if (seen.has(id)) {
      print(`${id} again, ignored`);
      return 204;
    }
    const [oldest] = seen;
    if (seen.size >= REMEMBERED && oldest !== undefined) seen.delete(oldest);
    seen.add(id);
    print(`${id} ${body}`);
    return 204;
  }

  const server = createServer((request, answer) => {
    void read(request).then((body) => {
      answer.writeHead(body === undefined ? 413 : judge(request.headers, body)).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Undefined where it is too long, or broke off. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) return undefined;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString();
  } catch {
    return undefined;
  }
}
