/**
 * Requests as an attacker sends them: `fetch` would tidy the path, refuse the Host header and follow redirects. They
 * are patient: who asks more often than the limits allow waits, so that no attack takes another's place.
 */
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Request {
  method?: string;
  /** As it goes over the wire, with its query. */
  path: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as a form. */
  form?: Record<string, string>;
  /** Takes 429 for an answer. */
  impatient?: boolean;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** Of a problem document, or the `error` of OAuth. */
  code: string | undefined;
  ms: number;
}

const REQUEST_MS = 10_000;
/** How much of an answer is read: a stream that an attacker was let into has no end. */
const READ_MS = 2000;
const PATIENCE_MS = 30_000;

export type Ask = (request: Request) => Promise<Answer>;

export function createAsk(url: string): { ask: Ask; close(): void } {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });

  function send({ method = 'GET', path, headers = {}, ...rest }: Request): Promise<Answer> {
    const [type, body] = bodyOf(rest);
    const startedAt = performance.now();
    return new Promise((resolve, reject) => {
      const request = httpRequest({
        agent,
        hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
        port,
        method,
        path,
        headers: {
          ...(type === undefined ? {} : { 'content-type': type }),
          ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
          ...headers,
        },
        signal: AbortSignal.timeout(REQUEST_MS),
      });
      request.on('error', reject);
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        const end = () => {
          clearTimeout(timer);
          const text = Buffer.concat(chunks).toString();
          const ms = performance.now() - startedAt;
          const { statusCode: status = 0, headers: received } = response;
          resolve({ status, headers: received, text, code: codeOf(text), ms });
        };
        const timer = setTimeout(() => {
          end();
          request.destroy();
        }, READ_MS);
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', end);
        response.on('error', reject);
      });
      request.end(body);
    });
  }

  return {
    async ask(request) {
      const until = performance.now() + PATIENCE_MS;
      for (;;) {
        const answer = await send(request);
        const seconds = Number(answer.headers['retry-after']);
        if (request.impatient === true || answer.code !== 'rate-limited') return answer;
        if (performance.now() + seconds * 1000 > until) return answer;
        await sleep(seconds * 1000);
      }
    },
    close() {
      agent.destroy();
    },
  };
}

function bodyOf({
  body,
  json,
  form,
}: Pick<Request, 'body' | 'json' | 'form'>): [
  type: string | undefined,
  body: string | Buffer | undefined,
] {
  if (json !== undefined) return ['application/json', JSON.stringify(json)];
  if (form !== undefined)
    return ['application/x-www-form-urlencoded', new URLSearchParams(form).toString()];
  return [undefined, body];
}

/** Of the graph it is the first error's. */
function codeOf(text: string): string | undefined {
  const { code, error, errors } = parsed(text) as {
    code?: string;
    error?: string;
    errors?: { extensions?: { code?: string } }[];
  };
  return code ?? error ?? errors?.[0]?.extensions?.code;
}

/** An empty object where it is no JSON. */
export function parsed(text: string): unknown {
  try {
    return (JSON.parse(text) as unknown) ?? {};
  } catch {
    return {};
  }
}
