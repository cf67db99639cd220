/**
 * What tells who a person is: their name and e-mail address. Both are kept sealed with the person's own data key
 * (packages/envelope). Signing in by e-mail looks for its blind index and opens nothing; a name is opened for the
 * page that greets by it.
 */
import { createBlindIndex, type BlindIndex } from '@waymark/envelope/blind-index.ts';
import type { DataKeys } from '@waymark/envelope/data-keys.ts';
import { open, seal } from '@waymark/envelope/seal.ts';
import { hashPassword } from './passwords.ts';
import { isUsername, type Person, type PersonEntry } from './people.ts';
import type { IdentityStore } from './store.ts';

export type PersonalFields = ReturnType<typeof createPersonalFields>;

interface PersonalFieldsDeps {
  store: IdentityStore;
  dataKeys: DataKeys;
  /** Of what is looked for without being opened. */
  blindIndexKey: string;
}

/** No person has this name: a username has no space. */
const NOBODY = 'oidc payloads';

export function createPersonalFields({ store, dataKeys, blindIndexKey }: PersonalFieldsDeps) {
  const indexOfEmail = createBlindIndex(blindIndexKey, 'people.email');

  async function sealFor(username: string, column: string, text: string): Promise<Buffer> {
    return seal(await dataKeys.get(username), { table: 'people', column, row: username }, text);
  }

  return {
    async save(entries: PersonEntry[], now: Date): Promise<void> {
      const people = entries.map(
        async ({ username, password, role = 'customer', name, email }) => ({
          username,
          role,
          passwordHash: await hashPassword(password),
          name: await sealFor(username, 'name', name),
          email: email === undefined ? undefined : await sealFor(username, 'email', email),
          emailIndex: email === undefined ? undefined : indexOfEmail(folded(email)),
        }),
      );
      await store.savePeople(await Promise.all(people), now);
      // Of those who came before and have left the list since.
      for (const { username, name } of await store.findClearNames())
        await store.saveName(username, await sealFor(username, 'name', name));
    },

    /** By what a person types to say who they are: a username, or an e-mail address. */
    async findPerson(typed: string): Promise<Person | undefined> {
      if (isUsername(typed)) return store.findPerson('username', typed);
      return store.findPerson('email_index', indexOfEmail(folded(typed)));
    },

    async nameOf(username: string): Promise<string | undefined> {
      const person = await store.findPerson('username', username);
      const dataKey = person && (await dataKeys.find(username));
      const place = { table: 'people', column: 'name', row: username };
      return dataKey && (open(dataKey, place, person.name) as string | undefined);
    },

    /** For what was asked before it is known who asks; as JSON, in a row that has an end. */
    asked: {
      async seal(row: string, json: string): Promise<string> {
        return seal(await dataKeys.get(NOBODY), askedAt(row), json).toString('base64url');
      },
      async open(row: string, sealed: string): Promise<Record<string, unknown> | undefined> {
        const dataKey = await dataKeys.find(NOBODY);
        const json = dataKey && open(dataKey, askedAt(row), Buffer.from(sealed, 'base64url'));
        return json === undefined
          ? undefined
          : (JSON.parse(json as string) as Record<string, unknown>);
      },
    },

    /** What attempts to sign in are counted by; people type passwords and e-mail addresses into any field. */
    attemptIndex: createBlindIndex(blindIndexKey, 'sign_in_attempts') satisfies BlindIndex,
  };
}

function askedAt(row: string) {
  return { table: 'oidc_payloads', column: 'payload', row };
}

/** One address is written in several ways, and no provider that matters gives two of them to two people. */
function folded(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase();
}
