/**
 * Who may ask for which root field, and out of which budget: policy.ts says the first, the root type the second. It
 * wraps the resolvers, so a field cannot be reached past it, by whatever alias or fragment.
 */
import { httpErrors } from '@waymark/http/errors.ts';
import { Problem } from '@waymark/http/problem.ts';
import { anyone, checkScopes, scopesOf, type Policy, type Rule } from '@waymark/tokens/policy.ts';
import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql';
import { policy } from '../policy.ts';
import type { GraphContext } from './context.ts';

type Field = GraphQLField<unknown, GraphContext>;
type Resolver = GraphQLFieldResolver<unknown, GraphContext>;

/** Changes the schema in place. Throws where a root field has no rule. */
export function guardFields(schema: GraphQLSchema): void {
  const mutation = schema.getMutationType();
  const subscription = schema.getSubscriptionType();
  const rules: Policy = policy;
  for (const type of [schema.getQueryType(), mutation, subscription]) {
    for (const field of Object.values(type?.getFields() ?? {}) as Field[]) {
      const rule = rules[field.name];
      if (rule === undefined) throw new Error(`policy.ts has no rule for ${field.name}`);
      const guard = guarded(rule, type === mutation ? 'write' : 'read');
      if (type === subscription) field.subscribe = guard(field.subscribe);
      else field.resolve = guard(field.resolve);
    }
  }
}

function guarded(rule: Rule, cost: 'read' | 'write') {
  return (inner: Resolver = defaultFieldResolver): Resolver =>
    async (...call) => {
      const [, , context] = call;
      await context.spend(cost);
      if (rule !== anyone) checkCaller(context, rule);
      return inner(...call);
    };
}

function checkCaller({ caller }: GraphContext, rule: Rule): void {
  if (caller === undefined) throw new Problem(httpErrors['token-missing']);
  checkScopes(caller, scopesOf(rule));
}
