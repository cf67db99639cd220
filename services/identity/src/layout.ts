/**
 * What all pages share: the frame, the look, and the headers that keep a page from doing anything but what it
 * says. There is no script, no picture and no font, so nothing may be loaded.
 */
import { createHash } from 'node:crypto';
import { html, trusted, type Html } from './html.ts';

export interface Page {
  title: string;
  /** What a screen reader should say first, where it differs. */
  documentTitle?: string;
  body: Html;
}

const STYLE = `
:root { color-scheme: light dark; --paper: #f4f2ec; --card: #fffefb; --ink: #23302a; --soft: #55635b;
  --line: #8a948d; --moss: #2f5d46; --on-moss: #fff; --alarm: #9b2c1b; }
@media (prefers-color-scheme: dark) { :root { --paper: #161d19; --card: #1f2823; --ink: #e9ede8; --soft: #b3beb6;
  --line: #74817a; --moss: #9fd3b4; --on-moss: #10201a; --alarm: #ffb4a4; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; padding: 1.25rem; display: grid; place-content: center;
  grid-template-columns: minmax(0, 26rem); background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.5 system-ui, sans-serif; }
header { margin-bottom: 1rem; font-weight: 600; letter-spacing: .04em; color: var(--moss); }
header::before { content: ""; display: inline-block; width: 1.5rem; height: 1rem; margin-right: .55rem;
  vertical-align: -.05rem; background: currentColor;
  clip-path: polygon(0 100%, 38% 15%, 56% 58%, 70% 34%, 100% 100%); }
main { padding: 1.75rem; background: var(--card); border-radius: .75rem;
  box-shadow: 0 1px 3px rgb(0 0 0 / .12), 0 8px 24px rgb(0 0 0 / .05); }
h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25; }
p { margin: 0 0 1rem; overflow-wrap: anywhere; }
ul { margin: 0 0 1rem; padding-left: 1.25rem; }
li { margin-bottom: .25rem; }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
input { width: 100%; padding: .6rem .75rem; font: inherit; color: inherit; background: var(--card);
  border: 1px solid var(--line); border-radius: .4rem; }
input[aria-invalid] { border-color: var(--alarm); }
button { width: 100%; margin-top: .75rem; padding: .7rem 1rem; font: inherit; font-weight: 600; cursor: pointer;
  color: var(--on-moss); background: var(--moss); border: 1px solid var(--moss); border-radius: .4rem; }
input + button { margin-top: 1.5rem; }
button.quiet { color: var(--moss); background: none; border-color: var(--line); }
:focus-visible { outline: 3px solid var(--moss); outline-offset: 2px; }
.error { color: var(--alarm); font-weight: 600; }
.soft { color: var(--soft); font-size: .95rem; }
main > :last-child { margin-bottom: 0; }
`;

/** Made here to the byte: a formatter that moved a space in it would change its hash. */
const STYLE_ELEMENT = trusted(`<style>${STYLE}</style>`);
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

export function render({ title, documentTitle = title, body }: Page): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${documentTitle} · Waymark</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <header>Waymark</header>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`.markup;
}

// #region where-a-form-may-lead
// Chromium holds `form-action` against every redirect that follows a form, so the app's own address has to be in
// it, or its consent page would never lead back to it. It is one that the client registered; a page that
// somebody slipped a form into still sends a password nowhere else. Referrer-Policy is not `no-referrer`,
// because browsers then send `Origin: null` with our own forms.
export function pageHeaders(leadsTo?: string): Record<string, string> {
  const target = leadsTo === undefined ? '' : ` ${new URL(leadsTo).origin}`;
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'${target}; frame-ancestors 'none'; base-uri 'none'`,
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  };
}
// #endregion
