/**
 * Request smuggling: bytes that two servers on the way would read as a different number of requests. Each hides a
 * second request, to an address that is there; the door must refuse, answer once and end the connection, for what
 * would come on it afterwards cannot be trusted either.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { honest, type Attack, type Family, type Verdict } from './attack.ts';
import type { Target } from './target.ts';
import { send, type Replies } from './wire.ts';

const HIDDEN = 'GET /v1/products?limit=1 HTTP/1.1\r\nHost: localhost\r\n\r\n';
const POST = 'POST /v1/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
const GET = 'GET /v1/products?limit=1 HTTP/1.1\r\nHost: localhost\r\n';

export const smuggling: Family = {
  name: 'smuggling',
  async prepare({ url }) {
    const two = await letIn(url, HIDDEN + HIDDEN);
    honest(`two requests on one connection are two answers: ${two}`, two === '200,200');
    const chunked = await letIn(
      url,
      `${POST}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
    );
    honest(`a body in chunks is read, and asks for a token: ${chunked}`, chunked === '401');
    return [...attacks(ambiguous, true), ...attacks(odd, false)];
  },
};

/** What came back, once the limits that others have used up let it pass. */
async function letIn(url: string, bytes: string): Promise<string> {
  for (let left = 20; ; left -= 1) {
    const { statuses } = await send(url, bytes);
    if (!statuses.includes(429) || left === 0) return statuses.join();
    await sleep(1000);
  }
}

function attacks(table: Record<string, string>, mustClose: boolean): Attack[] {
  return Object.entries(table).map(([name, bytes]) => ({
    name,
    run: async (target: Target) => refusedOnce(await send(target.url, bytes), mustClose),
  }));
}

function refusedOnce({ statuses, closed }: Replies, mustClose: boolean): Verdict {
  return {
    refused: statuses.join() === '400' && (closed || !mustClose),
    answer: `${statuses.join(', ') || 'nothing'}, ${closed ? 'closed' : 'left open'}`,
  };
}

const length = (value: string) => `Content-Length: ${value}\r\n`;
const encoding = (value: string) => `Transfer-Encoding: ${value}\r\n`;
const chunks = (text: string) => `\r\n${text}${HIDDEN}`;

/** Where the first request ends is a matter of opinion. */
const ambiguous: Record<string, string> = {
  'length and chunks (CL.TE)': `${POST}${length('6')}${encoding('chunked')}${chunks('0\r\n\r\n')}`,
  'chunks and length (TE.CL)': `${POST}${encoding('chunked')}${length('4')}${chunks('0\r\n\r\n')}`,
  'an encoding that nobody knows': `${POST}${encoding('xchunked')}${chunks('0\r\n\r\n')}`,
  'chunked, and then another encoding': `${POST}${encoding('chunked, identity')}${chunks('0\r\n\r\n')}`,
  'two encodings': `${POST}${encoding('chunked')}${encoding('x')}${chunks('0\r\n\r\n')}`,
  'a space before the colon': `${POST}Transfer-Encoding : chunked\r\n${chunks('0\r\n\r\n')}`,
  'an encoding after a vertical tab': `${POST}Transfer-Encoding:\x0bchunked\r\n${chunks('0\r\n\r\n')}`,
  'a folded header': `${POST}Transfer-Encoding:\r\n chunked\r\n${length('0')}${chunks('')}`,
  'two lengths': `${POST}${length('0')}${length(String(HIDDEN.length))}${chunks('')}`,
  'a list of lengths': `${POST}${length('0, 5')}${chunks('')}`,
  'a length with a sign': `${POST}${length('+0')}${chunks('')}`,
  'a length below zero': `${POST}${length('-1')}${chunks('')}`,
  'a length in hexadecimal': `${POST}${length('0x0')}${chunks('')}`,
  'a length beyond 64 bits': `${POST}${length('18446744073709551616')}${chunks('')}`,
  'a chunk size with a sign': `${POST}${encoding('chunked')}${chunks('+0\r\n\r\n')}`,
  'a chunk size with 0x': `${POST}${encoding('chunked')}${chunks('0x0\r\n\r\n')}`,
  'a chunk size beyond 64 bits': `${POST}${encoding('chunked')}${chunks('10000000000000000\r\n\r\n')}`,
  'a chunk that is longer than it says': `${POST}${encoding('chunked')}${chunks('1\r\n{}\r\n0\r\n\r\n')}`,
  'a chunk that ends in a bare line feed': `${POST}${encoding('chunked')}${chunks('2\n{}\n0\n\n')}`,
};

/** One request, and no doubt about where it ends. */
const odd: Record<string, string> = {
  'no Host': 'GET /v1/products?limit=1 HTTP/1.1\r\n\r\n',
  'two Hosts': `${GET}Host: evil.example\r\n\r\n`,
  'a header that ends in a bare line feed': `${GET}X-A: 1\nX-B: 2\r\n\r\n`,
  'a bare carriage return in a header': `${GET}X-A: 1\rX-B: 2\r\n\r\n`,
  'a NUL in a header': `${GET}X-A: 1\0\r\n\r\n`,
  'a header without a name': `${GET}: 1\r\n\r\n`,
  'a header without a colon': `${GET}evil\r\n\r\n`,
  'a space before the first header':
    'GET /v1/products?limit=1 HTTP/1.1\r\n Host: localhost\r\n\r\n',
  'a space in the address': 'GET /v1/products ?limit=1 HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'HTTP/0.9': 'GET /v1/products?limit=1\r\n\r\n',
  'HTTP/2 in the clear': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'TLS at the door of another': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
};
