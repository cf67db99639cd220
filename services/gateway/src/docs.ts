/**
 * The documentation that the gateway serves itself: the OpenAPI document, a page that shows it, the errors that the
 * `type` of problem documents leads to, and the page on versions that the answers of an old one link to. The page is swagger-ui,
 * from our own address and without inline scripts, so it works without the internet and under a policy that lets no
 * script in from elsewhere.
 */
import type { Server } from '@waymark/http/server-type.ts';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

export interface DocsFiles {
  /** Markdown. */
  errors: string;
  /** Markdown. */
  evolution: string;
  /** JSON. */
  openApi: string;
  script: Buffer;
  style: Buffer;
}

export async function readDocsFiles(): Promise<DocsFiles> {
  const docs = new URL('../../../docs/', import.meta.url);
  const require = createRequire(import.meta.url);
  const [errors, evolution, openApi, script, style] = await Promise.all([
    readFile(new URL('errors.md', docs), 'utf8'),
    readFile(new URL('api-evolution.md', docs), 'utf8'),
    readFile(new URL('openapi/v1.json', docs), 'utf8'),
    readFile(require.resolve('swagger-ui-dist/swagger-ui-bundle.js')),
    readFile(require.resolve('swagger-ui-dist/swagger-ui.css')),
  ]);
  return { errors, evolution: withoutSourceLinks(evolution), openApi, script, style };
}

/** What leads to a file of the source leads nowhere from here, but to the document. */
function withoutSourceLinks(markdown: string): string {
  return markdown
    .replaceAll('(openapi/v1.json)', '(/docs/openapi.json)')
    .replaceAll(/\[([^\]]+)\]\((?!https?:|#|\/)[^)]+\)/g, '$1');
}

const PAGE = `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Waymark API</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/docs/swagger-ui.css">
  <main id="reference"><p>This page needs JavaScript; <a href="/docs/openapi.json">the document</a> does not.</p></main>
  <script src="/docs/swagger-ui.js"></script>
  <script src="/docs/page.js" type="module"></script>
</html>
`;

/** Requests from the page go to this gateway, whatever address it has. */
const START = `const answer = await fetch('/docs/openapi.json');
const spec = { ...(await answer.json()), servers: [{ url: location.origin }] };
SwaggerUIBundle({ spec, domNode: document.querySelector('#reference'), deepLinking: true });
`;

// #region page-policy
// Only what the page is made of: our scripts and styles, swagger-ui's icons, requests to us. Nothing may frame the
// page, because its buttons send requests with whatever token a person has given it.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
// #endregion

export function registerDocs(server: Server, files: DocsFiles): void {
  const answers: Record<string, [type: string, text: string | Buffer]> = {
    '/docs': ['text/html', PAGE],
    '/docs/page.js': ['text/javascript', START],
    '/docs/swagger-ui.js': ['text/javascript', files.script],
    '/docs/swagger-ui.css': ['text/css', files.style],
    '/docs/openapi.json': ['application/json', files.openApi],
    '/docs/errors': ['text/markdown', files.errors],
    '/docs/api-evolution': ['text/markdown', files.evolution],
  };
  for (const [path, [type, text]] of Object.entries(answers)) {
    server.get(path, (_request, reply) =>
      reply
        .type(`${type}; charset=utf-8`)
        .header('cache-control', 'no-cache')
        .header('content-security-policy', POLICY)
        .header('x-content-type-options', 'nosniff')
        .send(text),
    );
  }
}
