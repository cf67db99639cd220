/**
 * Mutual TLS between services. Both sides show a certificate of the platform's own authority, and trust nothing else:
 * a caller knows that it speaks to orders and to nobody who only has its address, and orders knows which service is
 * calling. Without the settings services speak plain HTTP, as they do on one machine.
 */
import { TLSSocket } from 'node:tls';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { httpErrors } from './errors.ts';
import { Problem } from './problem.ts';
import type { Server } from './server-type.ts';

/** Given as files: TLS_CERT_FILE, TLS_KEY_FILE and TLS_CA_FILE. */
export const tlsConfig = {
  TLS_CERT: Type.Optional(Type.String()),
  TLS_KEY: Type.Optional(Type.String()),
  /** The authority that signed the certificates of all services. */
  TLS_CA: Type.Optional(Type.String()),
};

/** What a service is known by, and whom it believes; all PEM. */
export interface Tls {
  cert: string;
  key: string;
  ca: string;
}

/** Undefined where none of it is set. Throws where only a part is. */
export function tlsFrom(config: {
  TLS_CERT?: string;
  TLS_KEY?: string;
  TLS_CA?: string;
}): Tls | undefined {
  const { TLS_CERT: cert, TLS_KEY: key, TLS_CA: ca } = config;
  if (cert !== undefined && key !== undefined && ca !== undefined) return { cert, key, ca };
  if (cert === undefined && key === undefined && ca === undefined) return undefined;
  throw new Error('bad configuration: TLS_CERT, TLS_KEY and TLS_CA go together');
}

const OLDEST = 'TLSv1.3';

/** For Node's server. A caller without a certificate of ours is refused before it can say anything. */
export function serverTls(tls: Tls) {
  return {
    ...tls,
    minVersion: OLDEST,
    requestCert: true,
    rejectUnauthorized: true,
    // Shorter than a drain, which waits for handshakes too.
    handshakeTimeout: 5000,
  } as const;
}

/** A service that has just started, on a machine that is busy with starting others, may take a second for a handshake. */
const CONNECT_MS = 2000;

/** How pools of connections to the services connect; host names are checked against their certificates. */
export function connectOptions(tls: Tls | undefined) {
  return { timeout: CONNECT_MS, ...(tls && { ...tls, minVersion: OLDEST }) } as const;
}

// #region who-may-call
/**
 * Refuses a caller that is a service of ours but has no business here. A certificate alone says who calls; without
 * this, the one service that was broken into could call all others.
 */
export function admitOnly(server: Server, callers: readonly string[]): void {
  const refused = new Problem(httpErrors['caller-not-allowed']);
  server.addHook('onRequest', (request, _reply, done) => {
    done(callers.includes(callerOf(request)) ? undefined : refused);
  });
}
// #endregion

/** Reading a certificate takes longer than most checks of a request, and TLS 1.3 keeps it for the connection's life. */
const callers = new WeakMap<TLSSocket, string>();

function callerOf({ raw: { socket } }: FastifyRequest): string {
  if (!(socket instanceof TLSSocket)) return '';
  const caller = callers.get(socket) ?? String(socket.getPeerCertificate().subject.CN);
  callers.set(socket, caller);
  return caller;
}
