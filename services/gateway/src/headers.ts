/**
 * Which headers pass through. Those that speak of one connection, not of the message, end at each hop, and a
 * Connection header may name more of them (RFC 9110, section 7.6.1). Of the rest, the caller may not say
 * what only the gateway knows: where a request came from and how long it may take.
 */
import { DEADLINE_HEADER } from '@waymark/http/deadline.ts';
import { outgoingHeaders } from '@waymark/telemetry/context.ts';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { addressOf } from './address.ts';

type Headers = Record<string, string | string[] | undefined>;

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Not the caller's to say. Content-Length is written anew for the bytes that were taken; `Expect` has been met. */
const OURS = new Set([
  ...HOP_BY_HOP,
  'host',
  'content-length',
  'expect',
  'proxy-authorization',
  'forwarded',
  'traceparent',
  DEADLINE_HEADER,
]);

/** The request's headers for the service behind, as name, value, name, value; repeated names stay repeated. */
export function upstreamHeaders(
  request: IncomingMessage,
  { deadlineMs, trustedProxies }: { deadlineMs: number; trustedProxies: number },
): string[] {
  const { rawHeaders, headers, socket } = request;
  const named = namedIn(headers.connection);
  const passed: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    if (OURS.has(name) || name.startsWith('x-forwarded-') || named?.has(name) === true) continue;
    passed.push(name, rawHeaders[index + 1] ?? '');
  }
  passed.push('x-forwarded-for', addressOf(request, trustedProxies));
  passed.push('x-forwarded-proto', socket instanceof TLSSocket ? 'https' : 'http');
  if (headers.host !== undefined) passed.push('x-forwarded-host', headers.host);
  passed.push(DEADLINE_HEADER, String(deadlineMs));
  const { traceparent } = outgoingHeaders();
  if (traceparent !== undefined) passed.push('traceparent', traceparent);
  return passed;
}

/** Takes out of a service's answer, in place, what concerned only the connection to it. */
export function dropHopByHop<Answer extends Headers>(headers: Answer): Answer {
  const named = namedIn(headers.connection);
  for (const name in headers) {
    if (HOP_BY_HOP.has(name) || named?.has(name) === true) Reflect.deleteProperty(headers, name);
  }
  return headers;
}

/** The header names in a Connection header; undefined for the two values that nearly all requests have. */
function namedIn(connection: string | string[] | undefined): Set<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') {
    return undefined;
  }
  const tokens = [connection].flat().join(',').toLowerCase().split(',');
  return new Set(tokens.map((token) => token.trim()));
}
