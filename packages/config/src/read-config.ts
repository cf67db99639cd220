/**
 * Reads a process's settings from its environment against a TypeBox schema. Every service calls this once,
 * in config.ts, which is its only reader of process.env. All bad variables are named in one error, because
 * fixing a deployment one variable and one restart at a time is a waste of an evening.
 */
import { Type, type Static, type TObject } from 'typebox';
import { Value } from 'typebox/value';
import { readFileSync } from 'node:fs';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The settings that `schema` names, converted from strings and completed by its defaults.
 * A secret may also come from a file: `X_FILE=/run/secrets/x` stands for `X`, as container platforms mount them.
 * Throws one Error that names every missing or unusable variable; values are not repeated, they may be secret.
 */
export function readConfig<Schema extends TObject>(
  schema: Schema,
  environment: Environment,
): Static<Schema> {
  const names = Object.keys(schema.properties);
  const given = names.flatMap((name) => {
    const value = environment[name] ?? readSecretFile(environment[`${name}_FILE`]);
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  const config = Value.Default(schema, Value.Convert(schema, Object.fromEntries(given)));
  if (Value.Check(schema, config)) return config;
  const complaints = names.flatMap((name) => complaint(schema, name, config));
  throw new Error(`bad configuration: ${complaints.join('; ')}`);
}

function complaint(schema: TObject, name: string, config: unknown): string[] {
  const property = schema.properties[name];
  const value = (config as Record<string, unknown>)[name];
  if (property === undefined) return [];
  if (value === undefined) {
    return Type.IsOptional(property) ? [] : [`${name} is missing`];
  }
  const [first] = Value.Errors(property, value);
  return first === undefined ? [] : [`${name} ${first.message}`];
}

function readSecretFile(path: string | undefined): string | undefined {
  return path === undefined ? undefined : readFileSync(path, 'utf8').trim();
}
