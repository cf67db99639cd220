/**
 * What of a changed JSON Schema somebody cannot live with, one line a finding. Two readers are protected at
 * once, because nobody deploys everything in one moment and the log remembers: consumers that have the released
 * schema read events made by the current one, and consumers that have the current one read events made by the
 * released one. Each checks the whole schema and sends what does not pass to the dead letters, so a wider limit
 * hurts the first as a narrower one hurts the second: limits stay, and only optional fields may come.
 */
import { isDeepStrictEqual } from 'node:util';

export type Schema = Readonly<Record<string, unknown>>;

const OLD_CONSUMER = 'consumers that are not yet updated';
const OLD_EVENT = 'events that are already in the log';

/** Words for people; they decide nothing. */
const ANNOTATIONS = ['$schema', '$comment', 'title', 'description', 'examples', 'x-topic'];
/** Compared below by their parts. */
const STRUCTURE = ['properties', 'required', 'items'];
const LOWER_BOUNDS = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const UPPER_BOUNDS = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];

export function compareSchemas(before: Schema, after: Schema, at = 'data'): string[] {
  if (!isDeepStrictEqual(before.type, after.type)) {
    return [
      `${at}: was ${show(before.type)}, is ${show(after.type)}; neither side reads the other`,
    ];
  }
  const hasItems = 'items' in before || 'items' in after;
  return [
    ...compareKeywords(before, after, at),
    ...compareMembers(before, after, at),
    ...compareFields(before, after, at),
    ...(hasItems ? compareSchemas(part(before.items), part(after.items), `${at}[]`) : []),
  ];
}

function compareKeywords(before: Schema, after: Schema, at: string): string[] {
  const bothMembers = membersOf(before) !== undefined && membersOf(after) !== undefined;
  const elsewhere = [...ANNOTATIONS, ...STRUCTURE, ...(bothMembers ? ['anyOf', 'enum'] : [])];
  const keywords = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keywords]
    .filter((keyword) => !elsewhere.includes(keyword))
    .filter((keyword) => !isDeepStrictEqual(rule(before, keyword), rule(after, keyword)))
    .map((keyword) => {
      const [was, is] = [rule(before, keyword), rule(after, keyword)];
      return `${at}: ${keyword} was ${show(was)}, is ${show(is)}; ${whoRefuses(keyword, was, is)}`;
    });
}

/** A schema that says nothing of further fields lets them pass. */
function rule(schema: Schema, keyword: string): unknown {
  return schema[keyword] ?? (keyword === 'additionalProperties' ? true : undefined);
}

function whoRefuses(keyword: string, was: unknown, is: unknown): string {
  const upper = UPPER_BOUNDS.includes(keyword);
  if (!upper && !LOWER_BOUNDS.includes(keyword)) {
    return `${OLD_EVENT} may not pass, and ${OLD_CONSUMER} may refuse new ones`;
  }
  const unbounded = upper ? Infinity : -Infinity;
  const grows = Number(is ?? unbounded) > Number(was ?? unbounded);
  return grows === upper ? `${OLD_CONSUMER} refuse what is new` : `${OLD_EVENT} may not pass`;
}

/** A closed list of values has two spellings: `enum`, and `anyOf` of constants as TypeBox writes it. */
function membersOf({ enum: listed, anyOf }: Schema): unknown[] | undefined {
  if (Array.isArray(listed)) return listed as unknown[];
  if (!Array.isArray(anyOf)) return undefined;
  const members = anyOf as Schema[];
  return members.every((member) => 'const' in member)
    ? members.map((member) => member.const)
    : undefined;
}

function compareMembers(before: Schema, after: Schema, at: string): string[] {
  const [was, is] = [membersOf(before), membersOf(after)];
  if (was === undefined || is === undefined) return [];
  const removed = was.filter((member) => !is.includes(member));
  const added = is.filter((member) => !was.includes(member));
  return [
    ...removed.map((member) => `${at}: no longer takes ${show(member)}; ${OLD_EVENT} have it`),
    ...added.map((member) => `${at}: takes ${show(member)} as well; ${OLD_CONSUMER} refuse it`),
  ];
}

function compareFields(before: Schema, after: Schema, at: string): string[] {
  const [was, is] = [part(before.properties), part(after.properties)];
  const closed = before.additionalProperties === false;
  const removed = Object.keys(was).filter((name) => !(name in is));
  const added = Object.keys(is).filter((name) => !(name in was));
  const kept = Object.keys(was).filter((name) => name in is);
  return [
    // An optional field too: who reads it finds it gone, and a later field of that name would meet the old ones.
    ...removed.map((name) => `${at}.${name}: is gone; ${OLD_CONSUMER} read it`),
    ...added
      .filter((name) => requires(after, name))
      .map((name) => `${at}.${name}: is new and required; ${OLD_EVENT} lack it, make it optional`),
    ...added
      .filter((name) => closed && !requires(after, name))
      .map((name) => `${at}.${name}: is new; ${OLD_CONSUMER} refuse unknown fields here`),
    ...kept.flatMap((name) => [
      ...compareRequired({ was: requires(before, name), is: requires(after, name) }, name, at),
      ...compareSchemas(part(was[name]), part(is[name]), `${at}.${name}`),
    ]),
  ];
}

function compareRequired(required: Record<'was' | 'is', boolean>, name: string, at: string) {
  if (required.was === required.is) return [];
  return required.is
    ? [`${at}.${name}: became required; ${OLD_EVENT} may lack it`]
    : [`${at}.${name}: became optional; ${OLD_CONSUMER} require it`];
}

function requires(schema: Schema, name: string): boolean {
  return Array.isArray(schema.required) && schema.required.includes(name);
}

function part(value: unknown): Schema {
  return (value ?? {}) as Schema;
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
