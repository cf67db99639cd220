/**
 * Puts oidc-provider, which is a Koa application, under the issuer's path of our server. It takes requests as
 * Node gives them, body unread, and writes its answers itself; all other addresses stay Fastify's.
 */
import type { Server } from '@waymark/http/server-type.ts';
import type { LiveProvider } from './live-provider.ts';

export function registerRoutes(server: Server, provider: LiveProvider): void {
  const { pathname: prefix, host, protocol } = new URL(provider.issuer);

  void server.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    // Takes any body and reads none of it.
    scope.addContentTypeParser('*', (_request, _body, parsed) => {
      parsed(null);
    });
    scope.all(`${prefix}/*`, (request, reply) => {
      const { raw } = request;
      const { url = '' } = raw;
      // #region public-address-is-config
      // Discovery names its endpoints by the host that was asked. That is right for one public name, but a
      // service that asks on the internal port would be told internal addresses, and whoever can set a Host
      // header could have a cache hand out endpoints of his own. We know our address: it is the issuer.
      raw.headers['x-forwarded-host'] = host;
      raw.headers['x-forwarded-proto'] = protocol.slice(0, -1);
      // #endregion
      // Where oidc-provider is mounted it finds by comparing the two. An address whose prefix is written in
      // another way (%69dentity) is cut in the wrong place, and so is one that it does not know.
      Object.assign(raw, { originalUrl: url, url: url.slice(prefix.length) });
      reply.hijack();
      void provider.handle(raw, reply.raw);
    });
    done();
  });
}
