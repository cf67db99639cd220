/**
 * Cross-site request forgery: another site has the victim's browser send a form of ours, cookies included. What counts
 * is that the form does nothing; so each is sent by a browser that has just signed in.
 */
import { describe, honest, refusedBy, type Attack, type Family, type Verdict } from './attack.ts';
import { codeRequest, openBrowser, type Browser, type Shown } from './person.ts';
import type { Target } from './target.ts';

export const forms: Family = {
  name: 'csrf',
  async prepare(target) {
    const browser = await openBrowser(target);
    const login = await browser.visit(codeRequest());
    const consent = await browser.login(login);
    honest('a person signs in', consent.answer.text.includes('Allow '), consent.answer);
    return [
      ...fromElsewhere(browser, login, 'login'),
      ...fromElsewhere(browser, consent, 'consent'),
      byLink(browser, consent),
      anotherBrowser(consent),
      ...otherPages(browser),
      ...headersOf(consent, browser),
      ...crossOrigin(),
      {
        name: 'after all of it, the same form of our own page',
        async run() {
          const { url } = await browser.submit(consent, 'consent');
          const refused = url.searchParams.has('code');
          return { refused, answer: refused ? 'gives its code' : url.href };
        },
      },
    ];
  },
};

function refusedForm({ url, answer }: Shown): Verdict {
  const refused = answer.status === 403 && !url.searchParams.has('code');
  return {
    refused: refused && answer.text.includes('form-from-elsewhere'),
    answer: describe(answer),
  };
}

function fromElsewhere(browser: Browser, page: Shown, step: string): Attack[] {
  const origins = {
    'another site': 'https://evil.example',
    'another port of this machine': 'http://localhost:1',
    'a page that hides where it is': 'null',
    nowhere: null,
  };
  return Object.entries(origins).map(([name, from]) => ({
    name: `${step} form from ${name}`,
    run: async () => refusedForm(await browser.submit(page, step, { from })),
  }));
}

function byLink(browser: Browser, page: Shown): Attack {
  return {
    name: 'consent by a link (GET)',
    async run() {
      const path = page.url.pathname.replace(/^\/identity/, '');
      const { url, answer } = await browser.visit(`${path}/consent`);
      const refused = [404, 405].includes(answer.status) && !url.searchParams.has('code');
      return { refused, answer: describe(answer) };
    },
  };
}

/** The victim is led to a sign-in that the attacker began, or the other way round. */
function anotherBrowser(page: Shown): Attack {
  return {
    name: 'consent form in a browser that did not begin it',
    async run(target) {
      const other = await openBrowser(target);
      const { url, answer } = await other.submit(page, 'consent');
      const refused = answer.status >= 400 && answer.status < 500 && !url.searchParams.has('code');
      return {
        refused: refused && answer.text.includes('sign-in-expired'),
        answer: describe(answer),
      };
    },
  };
}

/** Pages of the library, which has a secret in each form instead. */
function otherPages(browser: Browser): Attack[] {
  return [
    {
      name: 'sign-out form with a guessed secret',
      async run() {
        const page = await browser.visit('/session/end');
        const fields = { xsrf: 'guessed', logout: 'yes' };
        const { answer } = await browser.submit(page, 'confirm', { fields });
        const after = await browser.visit(codeRequest());
        const isIn = after.answer.text.includes('Allow ');
        return { refused: answer.status === 400 && isIn, answer: describe(answer) };
      },
    },
    {
      name: 'code of a device with a guessed secret',
      async run(target) {
        const code = await startDevice(target);
        const page = await browser.visit('/device');
        const fields = { xsrf: 'guessed', user_code: code, confirm: 'yes' };
        const { answer } = await browser.submit(page, 'device', { fields });
        return { refused: answer.status === 400, answer: describe(answer) };
      },
    },
    {
      name: 'code of a device by a link',
      async run(target) {
        const code = await startDevice(target);
        const { answer } = await browser.visit(`/device?user_code=${code}&confirm=yes`);
        const refused = answer.text.includes('Enter the code') && !answer.text.includes('<script');
        return { refused, answer: describe(answer) };
      },
    },
  ];
}

async function startDevice(target: Target): Promise<string> {
  const form = { client_id: 'command-line', scope: 'openid orders:read' };
  const answer = await target.ask({ method: 'POST', path: '/identity/device/auth', form });
  honest('the command line gets a code', answer.status === 200, answer);
  return (JSON.parse(answer.text) as { user_code: string }).user_code;
}

function headersOf({ answer }: Shown, browser: Browser): Attack[] {
  const policy = String(answer.headers['content-security-policy']);
  return [
    {
      name: 'consent page in a frame of theirs',
      run: () =>
        Promise.resolve({
          refused: policy.includes("frame-ancestors 'none'"),
          answer: /frame-ancestors[^;]*/.exec(policy)?.[0] ?? 'no policy',
        }),
    },
    {
      name: 'cookies that a script could read, or that go along from other sites',
      run() {
        const kept = browser.attributes();
        const bad = kept.filter(
          (line) => !/httponly/i.test(line) || !/samesite=(lax|strict)/i.test(line),
        );
        const refused = kept.length > 0 && bad.length === 0;
        return Promise.resolve({
          refused,
          answer: refused ? 'httponly, samesite=lax' : bad.join(),
        });
      },
    },
  ];
}

/** A script of another site may ask us, and must not be let read the answer. */
function crossOrigin(): Attack[] {
  const origin = 'https://evil.example';
  const scripts = ['/v1/orders', '/v1/products', '/graphql', '/identity/token'].map(
    (path): Attack => ({
      name: `script of another site reads ${path}`,
      async run(target) {
        const headers = { origin };
        const form = { grant_type: 'client_credentials', scope: 'orders:read' };
        const answer = path.startsWith('/identity')
          ? await target.askToken('ada', form, headers)
          : await target.askAs('ada', { path, headers });
        const allowed = answer.headers['access-control-allow-origin'];
        return { refused: allowed === undefined, answer: allowed ?? 'no leave to read it' };
      },
    }),
  );
  return [
    ...scripts,
    {
      name: 'form of another site places an order',
      async run(target) {
        const headers = { 'content-type': 'text/plain', 'idempotency-key': 'an-attack', origin };
        const request = { method: 'POST', path: '/v1/orders', headers, body: '{}' };
        return refusedBy(await target.askAs('ada', request), 415, 'unsupported-media-type');
      },
    },
  ];
}
