/** One attempt to deliver: signed, to the address that was checked, and no longer than five seconds. */
import { signWebhook } from '@waymark/http/webhook-signature.ts';
import { isIP, type LookupFunction } from 'node:net';
import { Client } from 'undici';
import type { AddressGuard } from './address.ts';

export interface Posting {
  id: string;
  url: string;
  secret: string;
  body: string;
}

/** Resolves with the status of the answer; throws where there was none. */
export type Post = (posting: Posting, signal: AbortSignal) => Promise<number>;

/** Well below the lease of the work queue, so that the outcome is stored under it. */
const TIMEOUT_MS = 5000;

export function createPost({ guard, clock }: { guard: AddressGuard; clock: () => Date }): Post {
  return async ({ id, url: text, secret, body }, signal) => {
    const url = new URL(text);
    // #region pinned-address
    // The name is looked up once, and the connection goes to that very address. Checking a name and then
    // connecting by name would look it up twice, and a name server can answer "public" first and "127.0.0.1"
    // a moment later (DNS rebinding). A redirect would be one more address, which is why none is followed.
    const address = await guard.resolve(url);
    const lookup: LookupFunction = (_hostname, { all }, done) => {
      const family = isIP(address);
      if (all === true) done(null, [{ address, family }]);
      else done(null, address, family);
    };
    // A connection for each attempt: kept alive, it would outlive the check of its address.
    const client = new Client(url.origin, { connect: { lookup, timeout: TIMEOUT_MS } });
    // #endregion
    const timestamp = Math.floor(clock().getTime() / 1000);
    try {
      const answer = await client.request({
        method: 'POST',
        path: url.pathname + url.search,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'waymark-webhooks',
          'webhook-id': id,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': signWebhook(secret, { id, timestamp, body }),
        },
        body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      // Its body is of no interest, however long it goes on: the connection is destroyed with it.
      answer.body.on('error', () => undefined);
      return answer.statusCode;
    } finally {
      await client.destroy();
    }
  };
}
