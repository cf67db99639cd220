/**
 * The provider that answers now. oidc-provider takes its keys once, when it is made, and keeps everything else in
 * the database; so a changed set of keys is a new provider, and requests that are under way end on the old one.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { Keys } from './keys.ts';

export type LiveProvider = ReturnType<typeof createLiveProvider>;

export function createLiveProvider(make: (keys: Keys) => Provider, first: Keys) {
  const live = (keys: Keys) => {
    const provider = make(keys);
    return { provider, handle: provider.callback(), named: nameOf(keys) };
  };
  let now = live(first);
  return {
    issuer: now.provider.issuer,
    get: (): Provider => now.provider,
    handle: (request: IncomingMessage, response: ServerResponse): Promise<void> =>
      now.handle(request, response),
    /** Answers by these keys from now on. Always false: a loop that calls it has nothing more to do. */
    use(keys: Keys): false {
      if (nameOf(keys) !== now.named) now = live(keys);
      return false;
    },
  };
}

/** The order counts, as it says which one signs. */
function nameOf({ signingKeys, cookieKeys }: Keys): string {
  return JSON.stringify([signingKeys.map(({ kid }) => kid), cookieKeys]);
}
