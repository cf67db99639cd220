/** By which protocol the outside comes to us, whichever the request came by. */
import type { Provider } from 'oidc-provider';

// #region tls-ends-elsewhere
// Between services there is TLS, and outside of the gateway there may be none, or the other way round. Koa believes the
// socket before any header, so discovery would tell of `https` where browsers are served over `http`, a sign-in would
// go on there, and a proof of possession for the token endpoint would be for another address than the client knows.
export function speakAsOutside(provider: Provider): void {
  const protocol = new URL(provider.issuer).protocol.slice(0, -1);
  Object.defineProperty(provider.request, 'protocol', { get: () => protocol });
}
// #endregion
