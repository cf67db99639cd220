/**
 * What of a changed GraphQL schema a client of the released one cannot live with, one line a finding: what graphql-js
 * calls a breaking change, and a scope that was not needed before, which to graphql-js is a note on a field. New values
 * of an enum and new optional arguments pass, as clients of a graph have to be ready for those.
 */
import {
  BreakingChangeType,
  buildSchema,
  findSchemaChanges,
  getDirectiveValues,
  isObjectType,
  type GraphQLSchema,
} from 'graphql';

export function compareGraphql(before: string, after: string): string[] {
  const [was, is] = [buildSchema(before), buildSchema(after)];
  const breaking = findSchemaChanges(was, is).filter(({ type }) => type in BreakingChangeType);
  return [...breaking.map(({ description }) => description), ...compareScopes(was, is)];
}

function compareScopes(was: GraphQLSchema, is: GraphQLSchema): string[] {
  const [before, after] = [scopesOf(was), scopesOf(is)];
  return Object.entries(after)
    .filter(([field, scope]) => field in before && scope !== undefined && before[field] !== scope)
    .map(
      ([field, scope = '']) => `${field} needs ${scope}; clients have ${before[field] ?? 'none'}`,
    );
}

/** What each field needs by its `@needs`, by its type and name. */
function scopesOf(schema: GraphQLSchema): Record<string, string | undefined> {
  const needs = schema.getDirective('needs');
  const fields = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })));
  return Object.fromEntries(
    fields.map(({ type, field }) => {
      const values = needs && field.astNode && getDirectiveValues(needs, field.astNode);
      return [`${type.name}.${field.name}`, values?.scope as string | undefined];
    }),
  );
}
