/**
 * The route hook that lets a request in: a valid token, with a scope that the route's rule names. Whether the rule
 * reaches one particular order or webhook is asked where the object is known, with `callerOf` and `mayReach`.
 */
import type { FastifyRequest } from 'fastify';
import { anyone, checkScopes, scopesOf, type Access, type Rule } from './policy.ts';
import type { Caller, TokenVerifier } from './verifier.ts';

const callers = new WeakMap<FastifyRequest, Caller & { rule: Rule }>();

export interface RouteOptions {
  /** A proof that was made for the address below this one counts here too. */
  alsoBelow?: string;
}

/** The hook carries its rule, so that a test can walk every route and expect what the rule says. */
export function requireScope(verifier: TokenVerifier, rule: Rule, options: RouteOptions = {}) {
  const hook = async (request: FastifyRequest): Promise<void> => {
    if (rule === anyone) return;
    const caller = await authenticate(verifier, request, options);
    checkScopes(caller, scopesOf(rule));
    callers.set(request, { ...caller, rule });
  };
  return Object.assign(hook, { rule });
}

const checks = new WeakMap<FastifyRequest, Promise<Caller>>();

/** Once for each request, however many ask, as a proof costs a signature each time. Throws what `check` throws. */
export function authenticate(
  verifier: TokenVerifier,
  request: FastifyRequest,
  options: RouteOptions = {},
): Promise<Caller> {
  const check = checks.get(request) ?? checkRequest(verifier, request, options);
  checks.set(request, check);
  return check;
}

function checkRequest(
  verifier: TokenVerifier,
  request: FastifyRequest,
  { alsoBelow }: RouteOptions,
): Promise<Caller> {
  const { headers, method, url } = request;
  const [path = ''] = url.split('?', 1);
  // #region proofs-on-internal-hops
  // One proof goes with a request through the whole house: from the gateway to a service, from there to another
  // that is asked on the caller's behalf, and once more where a read is retried. So services check all of it but
  // one thing, whether it was seen before; that is the gateway's to remember, the only place that each proof comes
  // to once. And a service that is asked for a caller's order on the way to something below it takes the proof for that.
  const paths = alsoBelow === undefined ? [path] : [path, path + alsoBelow];
  // #endregion
  return verifier.check(headers.authorization, { proof: headers.dpop, method, paths });
}

/** The caller of a request that passed requireScope; asking for one that did not is a bug. */
export function callerOf(request: FastifyRequest): Caller & Access {
  const caller = callers.get(request);
  if (caller === undefined) throw new Error('callerOf: the route has no requireScope hook');
  return caller;
}
