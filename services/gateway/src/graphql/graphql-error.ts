/**
 * Every error of the graph, with the `code` that REST would give it in `extensions`, and what else its problem
 * document says. What is not meant for callers is logged, and told as `internal-error`.
 */
import { httpErrors } from '@waymark/http/errors.ts';
import { Problem, type ErrorKind } from '@waymark/http/problem.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import { GraphQLError } from 'graphql';
import { errors } from '../errors.ts';

export function createErrorCodes(log: Log) {
  const done = new WeakSet<object>();

  function made(error: unknown, kind: ErrorKind, more: { detail?: string; members?: object }) {
    const located = error instanceof GraphQLError ? error : undefined;
    const { code, status, retryAfterSeconds } = kind;
    const coded = new GraphQLError(more.detail ?? kind.when, {
      nodes: located?.nodes,
      source: located?.source,
      positions: located?.positions,
      path: located?.path,
      extensions: {
        ...more.members,
        code,
        status,
        ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
        ...(located?.path === undefined ? { http: httpOf(located, status) } : {}),
      },
    });
    done.add(coded);
    return coded;
  }

  return (error: unknown): GraphQLError => {
    if (error instanceof GraphQLError && done.has(error)) return error;
    const cause = error instanceof GraphQLError ? (causeOf(error) ?? error) : error;
    if (cause instanceof Problem) {
      return made(error, cause.kind, { detail: cause.message, members: cause.members });
    }
    if (cause instanceof GraphQLError) {
      return made(error, errors['graphql-invalid'], { detail: cause.message });
    }
    log.error({ err: cause }, 'a field failed');
    return made(error, httpErrors['internal-error'], {});
  };
}

/**
 * For Yoga, which takes it out again: the status where the request as a whole was refused. `spec` says that to
 * those who take application/json it is 200 all the same, which the specification wants for documents only.
 */
function httpOf(located: GraphQLError | undefined, status: number): object {
  return { status, ...located?.extensions.http, spec: located?.locations !== undefined };
}

/** Yoga and graphql-tools know a cause by its former name only. */
function causeOf(error: GraphQLError): unknown {
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return error.originalError;
}
