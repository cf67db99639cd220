/**
 * Signing in: a username, or an e-mail address, and a password become a subject. A stranger who tries learns nothing but no: not
 * whether there is such a person, by the answer or by its time, and not the password, by trying often.
 */
import type { BlindIndex } from '@waymark/envelope/blind-index.ts';
import type { Person } from './people.ts';
import { newHashOfNothing } from './passwords.ts';

export interface SignInDeps {
  /** By username or e-mail address. */
  findPerson(typed: string): Promise<Person | undefined>;
  /** What attempts are counted by. */
  attemptIndex: BlindIndex;
  store: {
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
  /** Or the e-mail address. */
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

export function createSignIn(deps: SignInDeps) {
  const { store, findPerson, attemptIndex, verifyPassword, clock } = deps;

  const nobody = newHashOfNothing();

  return async function signIn(
    credentials: Credentials,
  ): Promise<{ outcome: 'signed-in'; subject: string } | { outcome: 'refused' | 'throttled' }> {
    const { username, password } = credentials;
    const address = attemptIndex(`address ${credentials.address}`);
    const now = clock();
    const period = { now, endsAt: new Date(now.getTime() + PERIOD_MS) };

    // #region count-before-looking
    // Counting failures once they are known would let a hundred guesses that arrive together all pass the
    // check before the first of them is counted. So each is counted first, and a right one clears the account's count.
    // The account's bound holds whoever asks and from wherever, for names that nobody has too. Its price:
    // a stranger can keep somebody from signing in for 15 minutes at a time, though not from staying so.
    const addressCount = { ...period, limit: ATTEMPTS_PER_ADDRESS };
    if ((await store.countAttempt(address, addressCount)) > ATTEMPTS_PER_ADDRESS)
      return { outcome: 'throttled' };
    // One count for all the names of one account.
    const person = await findPerson(username);
    const account = attemptIndex(`account ${person?.username ?? username}`);
    const accountCount = { ...period, limit: ATTEMPTS_PER_ACCOUNT };
    if ((await store.countAttempt(account, accountCount)) > ATTEMPTS_PER_ACCOUNT)
      return { outcome: 'throttled' };
    // #endregion

    const matches = await verifyPassword(password, person?.passwordHash ?? nobody);
    if (person === undefined || !matches) return { outcome: 'refused' };
    await store.forgetAttempts(account);
    return { outcome: 'signed-in', subject: person.username };
  };
}
