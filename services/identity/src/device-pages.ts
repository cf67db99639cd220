/**
 * The pages on which a person lets a program in that has no browser of its own, such as a command line (RFC 8628):
 * type the code that it shows, see which program it is, then sign in and consent as always (interactions.ts).
 */
import type { Client, ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import { html, trusted } from './html.ts';
import { pageHeaders, render, type Page } from './layout.ts';
import { errorPage, formPage, INVALID, problem } from './pages.ts';

/** The code is filled in where a link brought it; still nothing happens until the person sends it. */
export function renderCodeInput(
  ctx: KoaContextWithOIDC,
  _form: string,
  ...[out, err]: [out?: ErrorOut, err?: Error]
): void {
  const page =
    err?.name === 'AbortedError'
      ? { title: 'Not allowed', body: html`<p>You can close this page.</p>` }
      : out !== undefined && !isAboutCode(err)
        ? cannotBe(out)
        : codePage(ctx, err);
  show(ctx, page);
}

function codePage(ctx: KoaContextWithOIDC, err: Error | undefined): Page {
  const { session } = ctx.oidc as unknown as { session: { state: { secret: string } } };
  const failed = err !== undefined;
  const title = 'Enter the code';
  const body = html`<p>that the program shows which you want to sign in to.</p>
    ${failed ? problem(NOT_RIGHT) : undefined}
    <form method="post" action="${ctx.oidc.urlFor('code_verification')}">
      <input type="hidden" name="xsrf" value="${session.state.secret}" />
      <label for="user_code">Code</label>
      <input
        id="user_code"
        name="user_code"
        value="${typedCode(ctx, err)}"
        autocomplete="off"
        autocapitalize="characters"
        spellcheck="false"
        maxlength="20"
        required
        autofocus
        ${failed ? INVALID : undefined}
      />
      <button>Go on</button>
    </form>`;
  return formPage({ title, body }, failed);
}

const NOT_RIGHT =
  'That code is not right, or its time is over. Compare it with what the program shows.';

// #region a-code-from-a-stranger
// A thief can start the program himself and send the code to somebody who is signed in: "enter this to see your
// parcel". Nothing in the protocol can tell the two apart, so the page must: it names the program and the code,
// asks whether it was this person who started it, and has nothing preselected (RFC 8628, section 5.4).
export function renderCodeConfirm(
  ctx: KoaContextWithOIDC,
  form: string,
  ...[client, , userCode]: [client: Client, deviceInfo: unknown, userCode: string]
): void {
  const body = html`<p>
      <strong>${client.clientName ?? client.clientId}</strong> shows this code:
      <strong>${userCode}</strong>
    </p>
    <p class="soft">
      Go on only if you started it yourself, just now. A code that somebody sent you lets them in.
    </p>
    ${trusted(form)}
    <button form="op.deviceConfirmForm">It is mine, go on</button>
    <button form="op.deviceConfirmForm" class="quiet" name="abort" value="yes">It is not</button>`;
  show(ctx, { title: 'Is this yours?', body });
}
// #endregion

export function renderDeviceDone(ctx: KoaContextWithOIDC): void {
  const body = html`<p>Go back to the program: it goes on by itself. You can close this page.</p>`;
  show(ctx, { title: 'Done', body });
}

/** The library's errors that speak of the code itself. */
function isAboutCode(err: Error | undefined): boolean {
  return err !== undefined && /^(NoCode|NotFound|Expired|AlreadyUsed)Error$/.test(err.name);
}

function typedCode(ctx: KoaContextWithOIDC, err: Error | undefined): string {
  const { userCode: typed } = (err ?? ctx.state) as { userCode?: unknown };
  return typeof typed === 'string' ? typed.slice(0, 20) : '';
}

function cannotBe({ error, error_description: text }: ErrorOut): Page {
  const title = 'This cannot be';
  return errorPage({ title, text: text ?? 'It is not said why.', code: error });
}

function show(ctx: KoaContextWithOIDC, page: Page): void {
  ctx.set(pageHeaders());
  ctx.body = render(page);
}

/** Of a link that has the code in it the library makes a form that sends itself by a script; ours waits. */
export async function prepareCodePages(
  ctx: KoaContextWithOIDC,
  next: () => Promise<void>,
): Promise<void> {
  if (ctx.method === 'GET' && ctx.path === '/device') {
    ctx.state.userCode = ctx.query.user_code;
    ctx.querystring = '';
  }
  try {
    await next();
  } catch (error) {
    // To a form without a session the library writes its refusal, and then fails to keep the session.
    if (!(error as Error).message.includes('previously persisted Sessions')) throw error;
  }
}
