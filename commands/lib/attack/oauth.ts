/**
 * The way to a code and from it to tokens (RFC 9700 lists what goes wrong). The victim is ada in person, and the
 * attacker has seen everything that a browser shows and an app without a secret sends.
 */
import type { Answer } from './ask.ts';
import { describe, honest, refusedBy, type Attack, type Family, type Verdict } from './attack.ts';
import {
  CALLBACK,
  codeRequest,
  exchange,
  getCode,
  openBrowser,
  type Browser,
  type Shown,
} from './person.ts';
import type { Target } from './target.ts';

export const oauth: Family = {
  name: 'oauth',
  async prepare(target) {
    const browser = await openBrowser(target);
    const { code, verifier, back } = await getCode(browser, { state: 'first' });
    const tokens = await exchange(target, { code, verifier });
    honest('a code is worth tokens', tokens.status === 200, tokens);
    return [
      ...redirects(browser),
      ...badRequests(browser),
      ...badExchanges(browser),
      stateIsKept(back),
      await issuerIsNamed(target, browser, back),
    ];
  },
};

/** Neither a code nor the browser itself may go anywhere but to the address that the app registered. */
function redirects(browser: Browser): Attack[] {
  const bad = {
    'redirect_uri of another site': 'https://evil.example/callback',
    'redirect_uri with our host as its user': 'http://localhost@evil.example/callback',
    'redirect_uri of a subdomain of theirs': 'http://localhost.evil.example/callback',
    'redirect_uri with another path': 'http://localhost/callback/../evil',
    'redirect_uri with a longer path': `${CALLBACK}evil`,
    'redirect_uri with a query': `${CALLBACK}?next=https://evil.example`,
    'redirect_uri with a fragment': `${CALLBACK}#evil`,
    'redirect_uri with a backslash': 'http://localhost\\@evil.example/callback',
    'redirect_uri that is a script': 'javascript:alert(1)//localhost/callback',
    'redirect_uri that is data': 'data:text/html,localhost/callback',
    'redirect_uri over https': 'https://localhost/callback',
    'redirect_uri in another case': 'http://localhost/CALLBACK',
    'no redirect_uri': undefined,
  };
  const attacks = Object.entries(bad).map(([name, redirectUri]): [string, string] => [
    name,
    codeRequest({ redirect_uri: redirectUri }),
  ]);
  attacks.push([
    'a second redirect_uri',
    `${codeRequest()}&redirect_uri=https%3A%2F%2Fevil.example%2Fcallback`,
  ]);
  return attacks.map(([name, request]) => ({
    name,
    run: async () => staysHere(await browser.visit(request)),
  }));
}

/** An error page of ours, and no redirect. */
function staysHere({ answer }: Shown): Verdict {
  return {
    refused: answer.status === 400 && answer.headers.location === undefined,
    answer: describe(answer),
  };
}

/** Refused before the person is asked anything: the app gets an error at its own address, and no code. */
function badRequests(browser: Browser): Attack[] {
  const bad: [string, Record<string, string | undefined>, string][] = [
    ['no PKCE', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    ['PKCE in the clear (plain)', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['implicit flow', { response_type: 'token' }, 'unsupported_response_type'],
    ['ID token from the browser', { response_type: 'id_token' }, 'unsupported_response_type'],
    ['scope of the staff', { scope: 'openid catalog:write' }, 'invalid_scope'],
    ['request object of theirs', { request: 'eyJhbGciOiJub25lIn0.e30.' }, 'request_not_supported'],
    [
      'request object to be fetched',
      { request_uri: 'https://evil.example/request' },
      'request_uri_not_supported',
    ],
    ['resource of another API', { resource: 'https://evil.example' }, 'invalid_target'],
  ];
  return bad.map(([name, changes, error]) => ({
    name,
    async run() {
      const { url, answer } = await browser.visit(codeRequest(changes));
      const home = new URL(CALLBACK);
      const said =
        url.searchParams.get('error') ?? new URLSearchParams(url.hash.slice(1)).get('error');
      const refused =
        url.host === home.host &&
        said === error &&
        !/[?#&](code|access_token|id_token)=/.test(url.href);
      return { refused, answer: said ?? describe(answer) };
    },
  }));
}

function badExchanges(browser: Browser): Attack[] {
  const attempt = (
    name: string,
    changes: Record<string, string>,
    error = 'invalid_grant',
  ): Attack => ({
    name,
    run: async (target) =>
      refusedBy(
        await exchange(target, await getCode(browser), changes),
        error === 'invalid_client' ? 401 : 400,
        error,
      ),
  });
  return [
    attempt('code with a wrong verifier', { code_verifier: 'y'.repeat(43) }),
    attempt('code with no verifier', { code_verifier: '' }),
    attempt('code with another redirect_uri', { redirect_uri: 'http://localhost:1/callback' }),
    attempt('code by another client', { client_id: 'command-line' }, 'invalid_request'),
    attempt('code by a client with a secret', { client_id: 'bob' }, 'invalid_client'),
    codeOnce(browser),
    codeRace(browser),
  ];
}

/** RFC 6749, section 4.1.2: what the first use gave is over as well. */
function codeOnce(browser: Browser): Attack {
  return {
    name: 'code used again, and what came of its first use',
    async run(target) {
      const code = await getCode(browser);
      const first = await exchange(target, code);
      honest('the code works once', first.status === 200, first);
      const again = await exchange(target, code);
      const { refresh_token: token } = JSON.parse(first.text) as { refresh_token: string };
      const renewed = await target.ask({
        method: 'POST',
        path: '/identity/token',
        form: { client_id: 'shop-web', grant_type: 'refresh_token', refresh_token: token },
      });
      const refused = again.code === 'invalid_grant' && renewed.code === 'invalid_grant';
      return { refused, answer: `${describe(again)}, then ${describe(renewed)}` };
    },
  };
}

function codeRace(browser: Browser): Attack {
  return {
    name: 'code used four times at once',
    async run(target) {
      const code = await getCode(browser);
      const all = await Promise.all([1, 2, 3, 4].map(() => exchange(target, code)));
      const taken = all.filter(({ status }: Answer) => status === 200).length;
      const refused = all.filter((answer) => answer.code === 'invalid_grant').length;
      return {
        refused: taken <= 1 && refused === 4 - taken,
        answer: `${String(taken)} of 4 taken`,
      };
    },
  };
}

/** The app tells by its state whether an answer belongs to what it asked. */
function stateIsKept(back: Shown): Attack {
  return {
    name: 'answer with another state, or none',
    run: async () => {
      const state = back.url.searchParams.getAll('state');
      return { refused: state.join() === 'first', answer: `state ${state.join()}` };
    },
  };
}

/** Mix-up (RFC 9207): an app that talks to several servers tells by `iss` which of them has answered. */
async function issuerIsNamed(target: Target, browser: Browser, back: Shown): Promise<Attack> {
  const issuer = await target.issuer();
  return {
    name: 'answer that does not name its issuer, in success or error',
    async run() {
      const denied = await browser.visit(codeRequest({ scope: 'openid catalog:write' }));
      const named = [back, denied].map(({ url }) => url.searchParams.get('iss'));
      return { refused: named.every((iss) => iss === issuer), answer: `iss ${named.join(', ')}` };
    },
  };
}
