/**
 * What of a changed JSON Schema somebody cannot live with, one line a finding. For events two readers are protected at
 * once, because nobody deploys everything in one moment and the log remembers: consumers that have the released
 * schema read events made by the current one, and consumers that have the current one read events made by the
 * released one. Each checks the whole schema and sends what does not pass to the dead letters, so a wider limit
 * hurts the first as a narrower one hurts the second: limits stay, and only optional fields may come. Of the public
 * API (compare-openapi.ts) only one side is old: a request is old text to a new reader, an answer new text to an old.
 */
import { isDeepStrictEqual } from 'node:util';

export type Schema = Readonly<Record<string, unknown>>;

/** Those to protect, in words. Nobody is hurt by what only a side that is absent could not bear. */
export interface Sides {
  /** Reads new text by the released schema. */
  oldReader?: string;
  /** Is read by the current schema. */
  oldText?: string;
}

const ofEvents: Sides = {
  oldReader: 'consumers that are not yet updated',
  oldText: 'events that are already in the log',
};

/** Where in the schema we are, and whom it concerns. */
export interface Place {
  at: string;
  sides: Sides;
}

/** Words for people; they decide nothing. */
const ANNOTATIONS = ['$schema', '$comment', 'title', 'description', 'examples', 'x-topic'];
/** Compared below by their parts. */
const STRUCTURE = ['properties', 'required', 'items'];
const LOWER_BOUNDS = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const UPPER_BOUNDS = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];

export function compareSchemas(
  before: Schema,
  after: Schema,
  place: Place = { at: 'data', sides: ofEvents },
): string[] {
  const { at } = place;
  if (!isDeepStrictEqual(before.type, after.type)) {
    return [
      `${at}: was ${show(before.type)}, is ${show(after.type)}; neither side reads the other`,
    ];
  }
  const hasItems = 'items' in before || 'items' in after;
  const items = () => compareSchemas(part(before.items), part(after.items), below(place, '[]'));
  return [
    ...compareKeywords(before, after, place),
    ...compareMembers(before, after, place),
    ...compareAlternatives(before, after, place),
    ...compareFields(before, after, place),
    ...(hasItems ? items() : []),
  ];
}

function below({ at, sides }: Place, what: string): Place {
  return { at: at + what, sides };
}

/** A finding about one side, where somebody stands there. */
function hurts({ at, sides }: Place, side: keyof Sides, why: (who: string) => string): string[] {
  const who = sides[side];
  return who === undefined ? [] : [`${at}: ${why(who)}`];
}

function compareKeywords(before: Schema, after: Schema, place: Place): string[] {
  const bothMembers = membersOf(before) !== undefined && membersOf(after) !== undefined;
  const elsewhere = [
    ...[...ANNOTATIONS, ...STRUCTURE],
    ...(bothMembers ? ['anyOf', 'enum'] : alternativesOf(before, after) ? ['anyOf'] : []),
  ];
  const keywords = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keywords]
    .filter((keyword) => !elsewhere.includes(keyword))
    .filter((keyword) => !isDeepStrictEqual(rule(before, keyword), rule(after, keyword)))
    .flatMap((keyword) =>
      compareRule(keyword, { was: rule(before, keyword), is: rule(after, keyword) }, place),
    );
}

/** A schema that says nothing of further fields lets them pass. */
function rule(schema: Schema, keyword: string): unknown {
  return schema[keyword] ?? (keyword === 'additionalProperties' ? true : undefined);
}

function compareRule(keyword: string, { was, is }: Record<'was' | 'is', unknown>, place: Place) {
  const change = `${keyword} was ${show(was)}, is ${show(is)}`;
  const upper = UPPER_BOUNDS.includes(keyword);
  if (!upper && !LOWER_BOUNDS.includes(keyword)) {
    const { oldText, oldReader } = place.sides;
    const whys = [
      ...(oldText === undefined ? [] : [`${oldText} may not pass`]),
      ...(oldReader === undefined ? [] : [`${oldReader} may refuse new ones`]),
    ];
    return [`${place.at}: ${change}; ${whys.join(', and ')}`];
  }
  const unbounded = upper ? Infinity : -Infinity;
  const grows = Number(is ?? unbounded) > Number(was ?? unbounded);
  return grows === upper
    ? hurts(place, 'oldReader', (who) => `${change}; ${who} refuse what is new`)
    : hurts(place, 'oldText', (who) => `${change}; ${who} may not pass`);
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

/** Where both have some, and they are no list of values. */
function alternativesOf(before: Schema, after: Schema): [Schema[], Schema[]] | undefined {
  if (membersOf(before) !== undefined || membersOf(after) !== undefined) return undefined;
  const [was, is] = [before.anyOf, after.anyOf];
  return Array.isArray(was) && Array.isArray(is) ? [was as Schema[], is as Schema[]] : undefined;
}

/** Each with the one in its place; those that come stand at the end. */
function compareAlternatives(before: Schema, after: Schema, place: Place): string[] {
  const [was, is] = alternativesOf(before, after) ?? [[], []];
  return [
    ...was.flatMap((one, index) => {
      const now = is[index];
      return now === undefined
        ? hurts(place, 'oldText', (who) => `an alternative is gone; ${who} have it`)
        : compareSchemas(one, now, below(place, `(${String(index + 1)})`));
    }),
    ...is
      .slice(was.length)
      .flatMap(() =>
        hurts(place, 'oldReader', (who) => `has another alternative; ${who} refuse it`),
      ),
  ];
}

function compareMembers(before: Schema, after: Schema, place: Place): string[] {
  const [was, is] = [membersOf(before), membersOf(after)];
  if (was === undefined || is === undefined) return [];
  const removed = was.filter((member) => !is.includes(member)).map(show);
  const added = is.filter((member) => !was.includes(member)).map(show);
  return [
    ...removed.flatMap((member) =>
      hurts(place, 'oldText', (who) => `no longer takes ${member}; ${who} have it`),
    ),
    ...added.flatMap((member) =>
      hurts(place, 'oldReader', (who) => `takes ${member} as well; ${who} refuse it`),
    ),
  ];
}

function compareFields(before: Schema, after: Schema, place: Place): string[] {
  const [was, is] = [part(before.properties), part(after.properties)];
  const closed = before.additionalProperties === false;
  const at = (name: string) => below(place, `.${name}`);
  // An optional field too: who reads it finds it gone, and a later field of that name would meet the old ones.
  const reads: keyof Sides = place.sides.oldReader === undefined ? 'oldText' : 'oldReader';
  const verb = reads === 'oldReader' ? 'read' : 'send';
  const removed = Object.keys(was).filter((name) => !(name in is));
  const added = Object.keys(is).filter((name) => !(name in was));
  const kept = Object.keys(was).filter((name) => name in is);
  return [
    ...removed.flatMap((name) => hurts(at(name), reads, (who) => `is gone; ${who} ${verb} it`)),
    ...added.flatMap((name) => {
      if (requires(after, name)) {
        const why = (who: string) => `is new and required; ${who} lack it, make it optional`;
        return hurts(at(name), 'oldText', why);
      }
      const why = (who: string) => `is new; ${who} refuse unknown fields here`;
      return closed ? hurts(at(name), 'oldReader', why) : [];
    }),
    ...kept.flatMap((name) => [
      ...compareRequired({ was: requires(before, name), is: requires(after, name) }, at(name)),
      ...compareSchemas(part(was[name]), part(is[name]), at(name)),
    ]),
  ];
}

function compareRequired(required: Record<'was' | 'is', boolean>, place: Place): string[] {
  if (required.was === required.is) return [];
  return required.is
    ? hurts(place, 'oldText', (who) => `became required; ${who} may lack it`)
    : hurts(place, 'oldReader', (who) => `became optional; ${who} require it`);
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
