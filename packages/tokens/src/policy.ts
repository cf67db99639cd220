/**
 * A service's policy is a table: for each thing that can be done, the scope that lets a caller do it to what is
 * their own, and the scope that lets a caller do it to anybody's. Routes and use cases both take their check from
 * it, so that who may do what to which object is read in one place, `policy.ts` of the service. Which people and
 * programs may be granted a scope is identity's side of it.
 */
import { httpErrors } from '@waymark/http/errors.ts';
import { Problem } from '@waymark/http/problem.ts';
import type { Caller } from './verifier.ts';

export interface Rule {
  own?: string;
  any?: string;
}

export type Policy = Readonly<Record<string, Rule>>;

/** No token is needed. */
export const anyone: Rule = {};

/** A caller, under the rule of the route that let them in. */
export interface Access {
  subject: string;
  rule: Rule;
  scopes: ReadonlySet<string>;
}

/** One of them is needed. */
export function scopesOf({ own, any }: Rule): string[] {
  return [own, any].filter((scope) => scope !== undefined);
}

export function mayReach({ rule, scopes, subject }: Access, owner: string): boolean {
  if (rule.any !== undefined && scopes.has(rule.any)) return true;
  return rule.own !== undefined && scopes.has(rule.own) && subject === owner;
}

/** Throws `scope-missing` where the caller has none of them. */
export function checkScopes({ scopes }: Pick<Caller, 'scopes'>, needed: readonly string[]): void {
  if (needed.some((scope) => scopes.has(scope))) return;
  const detail = `The scope ${needed.join(' or ')} is needed.`;
  // RFC 6750, section 3.1, has room for one.
  throw new Problem(httpErrors['scope-missing'], detail, { scope: needed[0] });
}
