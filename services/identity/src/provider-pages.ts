/**
 * The pages that oidc-provider asks for in the middle of its own answers: errors that must not be sent to the
 * app because its address is not to be trusted, and signing out. Programs get the same errors as JSON.
 */
import { httpErrors } from '@waymark/http/errors.ts';
import { errors as oidcErrors, type ErrorOut, type KoaContextWithOIDC } from 'oidc-provider';
import { errors } from './errors.ts';
import { pageHeaders, render, type Page } from './layout.ts';
import { errorPage, loggedOutPage, logoutPage } from './pages.ts';

/** The addresses that a person's browser is sent to. */
const FOR_PEOPLE = new Set([
  'authorization',
  'resume',
  'end_session',
  'end_session_confirm',
  'end_session_success',
]);

export function renderError(ctx: KoaContextWithOIDC, out: ErrorOut, error: Error): void {
  const inBrowser = FOR_PEOPLE.has(ctx.oidc.route) && ctx.accepts('json', 'html') === 'html';
  if (inBrowser) show(ctx, errorPage(describe(out, error)));
  else ctx.body = out;
}

export function renderLogout(ctx: KoaContextWithOIDC, form: string): void {
  const leadsTo = ctx.oidc.params?.post_logout_redirect_uri;
  show(ctx, logoutPage(form), typeof leadsTo === 'string' ? leadsTo : undefined);
}

export function renderLoggedOut(ctx: KoaContextWithOIDC): void {
  show(ctx, loggedOutPage());
}

function describe(out: ErrorOut, error: Error): Parameters<typeof errorPage>[0] {
  if (error instanceof oidcErrors.SessionNotFound) {
    const { title, when, code } = errors['sign-in-expired'];
    return { title, text: when, code };
  }
  if (error instanceof oidcErrors.TemporarilyUnavailable) {
    const { title, code } = httpErrors.unavailable;
    return { title, text: 'Reload this page in a moment.', code };
  }
  // Says what the makers of the app need to know, since they are not told otherwise.
  const title = 'The app asked for something that cannot be';
  return { title, text: out.error_description ?? 'It is not said why.', code: out.error };
}

function show(ctx: KoaContextWithOIDC, page: Page, leadsTo?: string): void {
  ctx.set(pageHeaders(leadsTo));
  ctx.body = render(page);
}
