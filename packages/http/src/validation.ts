/** How requests are held against their schemas: bodies as they are, queries read from text. */
import type { FastifySchemaCompiler } from 'fastify';
import { IsInteger, IsObject, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';

/** TypeBox's own compiler for Fastify reads `limit=1.5` and `limit=true` as 1 and leaves defaults out. */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const compiled = Compile(schema);
  return (input: unknown) => {
    const value = httpPart === 'querystring' ? fromQuery(schema, input) : input;
    return compiled.Check(value) ? { value } : { error: compiled.Errors(value) };
  };
};

/** A query says everything as text: whole numbers become numbers where the schema wants them. */
function fromQuery(schema: TSchema, query: unknown): unknown {
  const properties: Record<string, TSchema> = IsObject(schema) ? schema.properties : {};
  const converted = Object.entries(query as Record<string, unknown>).map(([name, value]) => {
    const property = properties[name];
    const whole =
      property !== undefined && IsInteger(property) && /^-?\d{1,15}$/.test(String(value));
    return [name, whole ? Number(value) : value];
  });
  return Value.Default(schema, Object.fromEntries(converted));
}
