/**
 * Reads a process's settings from its environment against a TypeBox schema. Every service calls this once,
 * in config.ts, which is its only reader of process.env. All bad variables are named in one error, because
 * fixing a deployment one variable and one restart at a time is a waste of an evening.
 */
import { IsInteger, Type, type Static, type TObject, type TSchema } from 'typebox';
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
  const unreadable = new Map<string, string>();
  const given = names.flatMap((name) => {
    try {
      const text = environment[name] || readSecretFile(environment[`${name}_FILE`]);
      return text === '' ? [] : [[name, fromText(schema.properties[name], text)] as const];
    } catch (error) {
      unreadable.set(name, `${name}_FILE cannot be read (${codeOf(error)})`);
      return [];
    }
  });
  const config = Value.Default(schema, Object.fromEntries(given));
  if (unreadable.size === 0 && Value.Check(schema, config)) return config;
  const complaints = names.flatMap(
    (name) => unreadable.get(name) ?? complaint(schema, name, config),
  );
  throw new Error(`bad configuration: ${complaints.join('; ')}`);
}

/** Value.Convert would read `8080.5` as 8080, `true` as 1 and a blank as 0. */
function fromText(property: TSchema | undefined, text: string): unknown {
  const whole = property !== undefined && IsInteger(property) && /^-?\d{1,15}$/.test(text);
  return whole ? Number(text) : text;
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

function readSecretFile(path = ''): string {
  return path === '' ? '' : readFileSync(path, 'utf8').trim();
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code)
    : 'no reason given';
}
