/**
 * Signing in: a username and a password become a subject. A stranger who tries learns nothing but no: not
 * whether there is such a person, by the answer or by its time, and not the password, by trying often.
 */
import { createHash } from 'node:crypto';
import type { Person } from './people.ts';
import { isUsername } from './people.ts';
import { newHashOfNothing } from './passwords.ts';

export interface SignInDeps {
  store: {
    findPerson(username: string): Promise<Person | undefined>;
    /** Counts one more attempt, and says how many there are in the current period. */
    countAttempt(key: string, period: Period): Promise<number>;
    forgetAttempts(key: string): Promise<void>;
  };
  verifyPassword: (password: string, hash: string) => Promise<boolean>;
  clock: () => Date;
}

export interface Period {
  now: Date;
  endsAt: Date;
  /** How many attempts it has room for. */
  limit: number;
}

export interface Credentials {
  username: string;
  password: string;
  /** Where the request came from. */
  address: string;
}

export type SignIn = ReturnType<typeof createSignIn>;

const PERIOD_MS = 15 * 60_000;
const ATTEMPTS_PER_ACCOUNT = 5;
/** The right ones included: an office shares an address, and the accounts in it have their own bound beneath this. */
const ATTEMPTS_PER_ADDRESS = 100;

export function createSignIn({ store, verifyPassword, clock }: SignInDeps) {
  const nobody = newHashOfNothing();

  return async function signIn(
    credentials: Credentials,
  ): Promise<{ outcome: 'signed-in'; subject: string } | { outcome: 'refused' | 'throttled' }> {
    const { username, password } = credentials;
    const account = keyOf('account', username);
    const address = keyOf('address', credentials.address);
    const now = clock();
    const period = { now, endsAt: new Date(now.getTime() + PERIOD_MS) };

    // #region count-before-looking
    // Counting failures once they are known would let a hundred guesses that arrive together all pass the
    // check before the first of them is counted. So each is counted first, and a right one clears the account's count.
    // The account's bound holds whoever asks and from wherever, for names that nobody has too. Its price:
    // a stranger can keep somebody from signing in for 15 minutes at a time, though not from staying so.
    for (const [key, limit] of [
      [address, ATTEMPTS_PER_ADDRESS],
      [account, ATTEMPTS_PER_ACCOUNT],
    ] as const) {
      const attempts = await store.countAttempt(key, { ...period, limit });
      if (attempts > limit) return { outcome: 'throttled' };
    }
    // #endregion

    const person = isUsername(username) ? await store.findPerson(username) : undefined;
    const matches = await verifyPassword(password, person?.passwordHash ?? nobody);
    if (person === undefined || !matches) return { outcome: 'refused' };
    await store.forgetAttempts(account);
    return { outcome: 'signed-in', subject: person.username };
  };
}

function keyOf(kind: 'account' | 'address', value: string): string {
  return createHash('sha256').update(`${kind} ${value}`).digest('base64url');
}
