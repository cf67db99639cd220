/**
 * The pages that people see, as functions from what they show to HTML. Plain forms without a script: they work
 * with a keyboard, a screen reader, a password manager and on a phone, because the browser sees to that.
 */
import { html, trusted, type Html } from './html.ts';
import type { Page } from './layout.ts';

/** What a scope lets the app do, in the words of the person who allows it. */
export const SCOPE_TEXTS: Record<string, string> = {
  openid: 'know that it is you who signed in',
  offline_access: 'stay connected while you are away, for up to two weeks',
  'orders:read': 'see your orders',
  'orders:write': 'place orders and cancel them',
  'support:read': 'see the orders of all customers',
  'support:refund': 'give customers their money back',
  'catalog:write': 'change products and prices',
  'inventory:read': 'see what is in stock',
  'inventory:write': 'change what is in stock',
  'webhooks:read': 'see your webhooks and what was delivered to them',
  'webhooks:write': 'add and remove webhooks, and deliver again',
};

export function loginPage(login: {
  /** Address of this sign-in; the forms go below it. */
  action: string;
  clientName: string;
  /** As the person typed it, or as the app suggests it. */
  username: string;
  failed: boolean;
}): Page {
  const { action, clientName, username, failed } = login;
  const title = 'Sign in';
  // Whoever has the name filled in goes on with the password.
  const [onName, onPassword] = username === '' ? [AUTOFOCUS, undefined] : [undefined, AUTOFOCUS];
  const body = html`<p>to go on to <strong>${clientName}</strong></p>
    ${failed ? problem('That username and password do not belong together.') : undefined}
    <form method="post" action="${action}/login">
      <label for="username">Username or e-mail</label>
      <input
        id="username"
        name="username"
        value="${username}"
        autocomplete="username"
        autocapitalize="none"
        spellcheck="false"
        maxlength="100"
        required
        ${onName}
        ${failed ? INVALID : undefined}
      />
      <label for="password">Password</label>
      <input
        id="password"
        name="password"
        type="password"
        autocomplete="current-password"
        maxlength="200"
        required
        ${onPassword}
        ${failed ? INVALID : undefined}
      />
      <button>Sign in</button>
    </form>
    <form method="post" action="${action}/cancel"><button class="quiet">Cancel</button></form>`;
  return formPage({ title, body }, failed);
}

const AUTOFOCUS = trusted('autofocus');

/** Says first that what was typed was not taken. */
export function formPage(page: Page, failed: boolean): Page {
  return failed ? { ...page, documentTitle: `Problem: ${page.title}` } : page;
}

/** On a field that is explained by `problem`. */
export const INVALID = trusted('aria-invalid="true" aria-describedby="problem"');

export function problem(text: string): Html {
  return html`<p id="problem" class="error" role="alert">${text}</p>`;
}

/** Nothing has the focus: whoever strikes Enter once too often at the login has not allowed anything. */
export function consentPage(consent: {
  action: string;
  clientName: string;
  personName: string;
  scopes: string[];
  /** Where the answer goes; undefined where the program fetches it. */
  redirectUri: string | undefined;
}): Page {
  const { action, clientName, personName, scopes, redirectUri } = consent;
  const leadsTo = redirectUri === undefined ? '' : `You go back to ${new URL(redirectUri).host}.`;
  const body = html`<p>Signed in as <strong>${personName}</strong>. The app asks to:</p>
    <ul>
      ${scopes.map((scope) => html`<li>${SCOPE_TEXTS[scope] ?? scope}</li>`)}
    </ul>
    <p class="soft">${leadsTo} Allow it only if you started this yourself.</p>
    <form method="post" action="${action}/consent"><button>Allow</button></form>
    <form method="post" action="${action}/cancel">
      <button class="quiet">Do not allow</button>
    </form>`;
  return { title: `Allow ${clientName}?`, body };
}

/** `form` is the library's own, empty but for its protection; the buttons belong to it from outside. */
export function logoutPage(form: string): Page {
  const body = html`<p>Apps that you allowed to stay connected stay so.</p>
    ${trusted(form)}
    <button form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button>
    <button form="op.logoutForm" class="quiet">Stay signed in</button>`;
  return { title: 'Sign out?', body };
}

export function loggedOutPage(): Page {
  return { title: 'Signed out', body: html`<p>You can close this page.</p>` };
}

export function errorPage({
  title,
  text,
  code,
}: {
  title: string;
  text: string;
  code: string;
}): Page {
  const detail: Html = html`<p>${text}</p>
    <p class="soft">${code}</p>`;
  return { title, body: detail };
}
