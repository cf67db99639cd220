/**
 * The people who may sign in. Their list is written by whoever starts the platform, passwords included, and is
 * copied into the database at each start, as the list of clients is: a new password counts from then on.
 */
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import type { Role } from './policy.ts';

/** Also the subject of their tokens, which the services keep beside what these people own. */
const username = Type.String({ pattern: '^[a-z][a-z0-9-]{0,62}$' });

const personList = Type.Array(
  Type.Object(
    {
      username,
      /** What NIST SP 800-63B asks for where a password is all there is, and a bound on what is hashed. */
      password: Type.String({ minLength: 15, maxLength: 200 }),
      name: Type.String({ minLength: 1, maxLength: 100 }),
      /** They may sign in by it in place of the username. */
      email: Type.Optional(Type.String({ pattern: '^[^\\s@]+@[^\\s@]+$', maxLength: 100 })),
      /** A customer where it is left out. */
      role: Type.Optional(Type.Union([Type.Literal('customer'), Type.Literal('support')])),
    },
    { additionalProperties: false },
  ),
  { maxItems: 100 },
);

export type PersonEntry = Static<typeof personList>[number];

/** A person as stored. */
export interface Person {
  username: string;
  passwordHash: string;
  /** Sealed: personal-fields.ts. */
  name: Buffer;
  role: Role;
}

/** Throws an Error that says which entry is wrong, and never repeats a password. */
export function parsePeople(text: string): PersonEntry[] {
  const entries = parse(text);
  if (!Value.Check(personList, entries)) {
    const [first] = Value.Errors(personList, entries);
    throw new Error(
      `bad list of people: ${first?.instancePath ?? ''} ${first?.message ?? 'is not valid'}`,
    );
  }
  const names = entries.map((entry) => entry.username);
  const emails = entries.flatMap(({ email }) => (email === undefined ? [] : [email.toLowerCase()]));
  if (hasDouble(names) || hasDouble(emails))
    throw new Error('bad list of people: one is there twice');
  return entries;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The parser's own message quotes the text, and with it a password.
    throw new Error('bad list of people: not JSON');
  }
}

function hasDouble(texts: string[]): boolean {
  return new Set(texts).size < texts.length;
}

/** False for what cannot be anybody's, NUL characters included. */
export function isUsername(text: string): boolean {
  return Value.Check(username, text);
}
