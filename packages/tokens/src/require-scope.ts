/**
 * The route hook that lets a request in: a valid token, with the scope that the route names. What the caller
 * may do with one particular order or product is the use case's to decide, where the object is known.
 */
import { httpErrors } from '@waymark/http/errors.ts';
import { Problem } from '@waymark/http/problem.ts';
import type { FastifyRequest } from 'fastify';
import type { Caller, TokenVerifier } from './verifier.ts';

const callers = new WeakMap<FastifyRequest, Caller>();

export function requireScope(verifier: TokenVerifier, scope: string) {
  return async (request: FastifyRequest): Promise<void> => {
    const caller = await verifier.check(request.headers.authorization);
    if (!caller.scopes.has(scope)) {
      throw new Problem(httpErrors['scope-missing'], `The scope ${scope} is needed.`, { scope });
    }
    callers.set(request, caller);
  };
}

/** The caller of a request that passed requireScope; asking for one that did not is a bug. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request);
  if (caller === undefined) throw new Error('callerOf: the route has no requireScope hook');
  return caller;
}
