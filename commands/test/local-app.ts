/** What a tool on the person's machine listens with while the browser is away to sign in (RFC 8252). */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LocalApp {
  server: Server;
  redirectUri: string;
  /** The query of the next visit to the callback. */
  nextAnswer: () => Promise<URLSearchParams>;
}

export async function startLocalApp(): Promise<LocalApp> {
  let next = Promise.withResolvers<URLSearchParams>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname === '/callback') next.resolve(url.searchParams);
    response.end('You can close this page.');
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    server,
    redirectUri: `http://localhost:${String(port)}/callback`,
    async nextAnswer() {
      const answer = await next.promise;
      next = Promise.withResolvers();
      return answer;
    },
  };
}
