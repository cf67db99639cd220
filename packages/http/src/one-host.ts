/** What Node's parser takes and RFC 9112 does not. */
import type { IncomingMessage } from 'node:http';
import { httpErrors } from './errors.ts';
import { Problem } from './problem.ts';
import type { Server } from './server-type.ts';

export function requireOneHost(server: Server): void {
  server.addHook('onRequest', (request, _reply, done) => {
    done(isPlain(request.raw) ? undefined : new Problem(httpErrors['invalid-request']));
  });
}

// #region one-host
// Of two Host headers Node keeps the first, and a cache or a proxy before it may go by the last: then what one name
// asked for is stored under the other (RFC 9112, section 3.2, has a server refuse it). A request line without a
// version is HTTP/0.9, which has no headers at all; nobody has sent it in earnest for thirty years.
function isPlain({ httpVersion, rawHeaders }: IncomingMessage): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts <= 1 && httpVersion !== '0.9';
}
// #endregion
