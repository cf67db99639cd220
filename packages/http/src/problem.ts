/**
 * Errors that a caller can cause. Each service lists its own in errors.ts as a table, in the manner of
 * Fastify's; server.ts turns them into RFC 9457 problem documents in exactly one place.
 */
import type { FastifyReply } from 'fastify';

/** One row of an errors table. `when` is the sentence that docs/errors.md shows. */
export interface ErrorRow {
  readonly status: number;
  readonly title: string;
  readonly when: string;
  /** Seconds after which the same request may succeed; becomes Retry-After. */
  readonly retryAfterSeconds?: number;
  /** What WWW-Authenticate says beside a 401 or 403: https://www.rfc-editor.org/rfc/rfc6750#section-3 */
  readonly challenge?: string;
}

export interface ErrorKind extends ErrorRow {
  /** Stable, documented, and what clients branch on. */
  readonly code: string;
}

/** Gives each row its key as `code`. */
export function defineErrors<Code extends string>(
  rows: Record<Code, ErrorRow>,
): Record<Code, ErrorKind> {
  const kinds = Object.entries<ErrorRow>(rows).map(([code, row]) => [code, { code, ...row }]);
  return Object.fromEntries(kinds) as Record<Code, ErrorKind>;
}

/** Thrown anywhere below a route; `members` are RFC 9457 extension members such as the offending lines. */
export class Problem extends Error {
  readonly kind: ErrorKind;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(kind: ErrorKind, detail?: string, members: Record<string, unknown> = {}) {
    super(detail ?? kind.when);
    this.name = 'Problem';
    this.kind = kind;
    this.members = members;
  }
}

/** Relative to the gateway, which serves docs/errors.md there: `type` leads to its explanation on every installation. */
const DOCS = '/docs/errors';

/** The problem document itself: https://www.rfc-editor.org/rfc/rfc9457 */
export function problemDocument(kind: ErrorKind, detail: string, members: object): object {
  return {
    type: `${DOCS}#${kind.code}`,
    title: kind.title,
    status: kind.status,
    code: kind.code,
    detail,
    ...members,
  };
}

export function sendProblem(
  reply: FastifyReply,
  kind: ErrorKind,
  { detail = kind.when, members = {} }: { detail?: string; members?: Problem['members'] } = {},
): FastifyReply {
  if (kind.retryAfterSeconds !== undefined) {
    reply.header('retry-after', String(kind.retryAfterSeconds));
  }
  if (kind.challenge !== undefined) reply.header('www-authenticate', kind.challenge);
  return reply
    .code(kind.status)
    .header('content-type', 'application/problem+json')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(problemDocument(kind, detail, members)));
}
