/**
 * More requests than one may make, by claiming to be somebody else. The limit is used up first; what then still gets
 * through must be no more than what comes back to it by itself in that time. It comes last, as it uses up a limit.
 */
import { randomUUID } from 'node:crypto';
import { describe, honest, type Attack, type Family, type Verdict } from './attack.ts';
import type { Ask, Request } from './ask.ts';
import { codeRequest, openBrowser } from './person.ts';

/** Anything that anybody may read. */
const PATH = '/v1/products?limit=1';
/** More than any limit's burst. */
const MANY = 400;
const BATCH = 25;
const ATTEMPTS = 5;

const CLAIMS: Record<string, (address: string) => Record<string, string | string[]>> = {
  'X-Forwarded-For': (address) => ({ 'x-forwarded-for': address }),
  'X-Forwarded-For, a list': (address) => ({ 'x-forwarded-for': `${address}, 10.1.1.1` }),
  'X-Forwarded-For, twice': (address) => ({ 'x-forwarded-for': [address, address] }),
  'X-Forwarded-For over IPv6': (address) => ({
    'x-forwarded-for': `2001:db8:${address.split('.')[1] ?? ''}::1`,
  }),
  Forwarded: (address) => ({ forwarded: `for=${address}` }),
  'X-Real-IP': (address) => ({ 'x-real-ip': address }),
  'X-Client-IP, True-Client-IP': (address) => ({
    'x-client-ip': address,
    'true-client-ip': address,
  }),
  'CF-Connecting-IP, Fastly-Client-IP': (address) => ({
    'cf-connecting-ip': address,
    'fastly-client-ip': address,
  }),
  'X-Originating-IP, X-Remote-IP': (address) => ({
    'x-originating-ip': address,
    'x-remote-ip': address,
  }),
  'a new Host': (address) => ({ host: `h${address.replaceAll('.', '-')}.example` }),
  'a new User-Agent': (address) => ({ 'user-agent': address }),
  'a connection of its own': () => ({ connection: 'close' }),
};

export const rateLimits: Family = {
  name: 'limits',
  async prepare({ ask }) {
    const first = await ask({ path: PATH });
    honest('products are shown', first.status === 200, first);
    const refused = await useUp(ask);
    honest(`of ${String(MANY)} requests at once some are refused`, refused > 0);
    return [
      ...Object.entries(CLAIMS).map(([name, claim]) => pretend(name, claim)),
      otherSpellings(),
      guesses(),
    ];
  },
};

async function useUp(ask: Ask): Promise<number> {
  let refused = 0;
  for (let sent = 0; sent < MANY && refused === 0; sent += BATCH)
    refused += (await sendAll(ask, Array<Request>(BATCH).fill({ path: PATH }))).refused;
  return refused;
}

/** `uncounted` are those that passed since the store of the limits gave no answer in time: then nobody is refused. */
async function sendAll(ask: Ask, requests: Request[]) {
  const answers = await Promise.all(requests.map((one) => ask({ ...one, impatient: true })));
  const passed = answers.filter(({ code }) => code !== 'rate-limited');
  const uncounted = passed.filter(({ headers }) => headers.ratelimit === undefined);
  return { refused: answers.length - passed.length, uncounted: uncounted.length };
}

function pretend(name: string, claim: (address: string) => Request['headers']): Attack {
  const requests = Array.from({ length: BATCH }, (_, number): Request => {
    const headers = claim(`10.${String(number)}.0.1`);
    return headers === undefined ? { path: PATH } : { path: PATH, headers };
  });
  return { name, run: ({ ask }) => passing(ask, requests) };
}

/** Used up just before, and a new budget for each request would let all of them pass. */
async function passing(ask: Ask, requests: Request[], attempt = 1): Promise<Verdict> {
  await useUp(ask);
  const startedAt = performance.now();
  const { refused, uncounted } = await sendAll(ask, requests);
  const seconds = (performance.now() - startedAt) / 1000;
  if (uncounted > 0) {
    if (attempt === ATTEMPTS) throw new Error('requests passed without being counted');
    return passing(ask, requests, attempt + 1);
  }
  const passed = requests.length - refused;
  // 600 a minute, and one that was there already.
  const comesBack = Math.ceil(seconds * 10) + 1;
  return {
    refused: passed <= comesBack && refused > 0,
    answer: `${String(passed)} of ${String(requests.length)} passed`,
  };
}

/** The same address in other words must count with it. */
function otherSpellings(): Attack {
  return {
    name: 'other spellings of the address',
    run({ ask }) {
      const spelled = (number: number) =>
        `/v1/%70roducts?limit=${String((number % 5) + 1)}&search=${'a'.repeat(number + 1)}`;
      const requests = Array.from({ length: BATCH }, (_, number) => ({ path: spelled(number) }));
      return passing(ask, requests);
    },
  };
}

/** Five guesses an account, wherever they claim to come from. */
function guesses(): Attack {
  return {
    name: 'a password guessed from six claimed addresses',
    async run(target) {
      const browser = await openBrowser(target);
      const page = await browser.visit(codeRequest());
      const username = `nobody-${randomUUID().slice(0, 8)}`;
      const codes: string[] = [];
      for (let number = 1; number <= 7; number++) {
        const headers = CLAIMS['X-Forwarded-For']?.(`10.0.0.${String(number)}`) ?? {};
        const fields = { username, password: 'guessed' };
        const { answer } = await browser.submit(page, 'login', { fields, headers });
        codes.push(describe(answer).slice(0, 3));
      }
      return {
        refused: codes.join(' ') === '422 422 422 422 422 429 429',
        answer: codes.join(' '),
      };
    },
  };
}
