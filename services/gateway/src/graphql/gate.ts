/**
 * Who may ask for which field, and out of which budget: `@needs` in the schema says the first, the root type the
 * second. It wraps the resolvers, so a field cannot be reached past it, by whatever alias or fragment.
 */
import { httpErrors } from '@waymark/http/errors.ts';
import { Problem } from '@waymark/http/problem.ts';
import { checkScope } from '@waymark/tokens/require-scope.ts';
import {
  defaultFieldResolver,
  getDirectiveValues,
  isObjectType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql';
import type { GraphContext } from './context.ts';

type Field = GraphQLField<unknown, GraphContext>;
type Resolver = GraphQLFieldResolver<unknown, GraphContext>;

/** Changes the schema in place. */
export function guardFields(schema: GraphQLSchema): void {
  const mutation = schema.getMutationType();
  const roots = [schema.getQueryType(), mutation, schema.getSubscriptionType()];
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    for (const field of Object.values(type.getFields()) as Field[]) {
      const scope = scopeNeeded(schema, field);
      const cost = type === mutation ? 'write' : 'read';
      const spent = roots.includes(type) ? cost : undefined;
      if (scope === undefined && spent === undefined) continue;
      const guard = guarded({ scope, spent });
      if (type === schema.getSubscriptionType()) field.subscribe = guard(field.subscribe);
      else field.resolve = guard(field.resolve);
    }
  }
}

/** The scope that the schema asks for at this field. */
function scopeNeeded(schema: GraphQLSchema, { astNode }: Field): string | undefined {
  const needs = schema.getDirective('needs');
  if (!needs || !astNode) return undefined;
  return getDirectiveValues(needs, astNode)?.scope as string | undefined;
}

function guarded({
  scope,
  spent,
}: {
  scope: string | undefined;
  spent: 'read' | 'write' | undefined;
}) {
  return (inner: Resolver = defaultFieldResolver): Resolver =>
    async (...call) => {
      const [, , context] = call;
      if (spent !== undefined) await context.spend(spent);
      if (scope !== undefined) checkCaller(context, scope);
      return inner(...call);
    };
}

function checkCaller({ caller }: GraphContext, scope: string): void {
  if (caller === undefined) throw new Problem(httpErrors['token-missing']);
  checkScope(caller, scope);
}
