/**
 * What is attacked, and what an attacker may know: the demo clients and people, who are attackers and victims by turns,
 * and the key that signs tokens. Nobody outside has that key; with it a token can be wrong in one claim alone, so that
 * what refuses it is the check of that claim and not the signature.
 */
import pg from 'pg';
import type { JsonWebKey } from 'node:crypto';
import type { Client, Person } from '../../../infra/embedded/secrets.ts';
import { UserError } from '../../../infra/embedded/user-error.ts';
import { authenticationOf } from '../client-authentication.ts';
import type { Running } from '../running.ts';
import { createAsk, parsed, type Answer, type Ask } from './ask.ts';

export type SigningKey = JsonWebKey & { kid: string };

export interface Target {
  /** Where it is reached. */
  url: string;
  ask: Ask;
  /** As the outside knows it, which need not be where it is reached. */
  issuer(): Promise<string>;
  client(name: string): Client;
  person(username: string): Person;
  /** An access token with all that the client may have, or with `scope`. */
  token(as: string, scope?: string): Promise<string>;
  /** Asks the token endpoint as a client that shows who it is. */
  askToken(
    as: string,
    form: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  /** The request in the name of a client. */
  askAs(as: string, request: Parameters<Ask>[0]): Promise<Answer>;
  signingKey(): Promise<SigningKey>;
  close(): void;
}

/** Throws UserError for anything but this machine. `own` is the one other name: the door's, in compose's own network. */
export function checkTarget(url: string, own?: string): void {
  const { hostname } = new URL(url);
  if (/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname) || hostname === own) return;
  throw new UserError(`attacks go to this machine only, and ${hostname} is not it`);
}

export function createTarget(
  running: Pick<Running, 'gatewayUrl' | 'clients' | 'people' | 'databaseUrl'>,
): Target {
  const { gatewayUrl: url, clients, people } = running;
  const { ask, close } = createAsk(url);
  const tokens = new Map<string, string>();
  let known: Promise<string> | undefined;

  async function readIssuer(): Promise<string> {
    const { text } = await ask({ path: '/identity/.well-known/openid-configuration' });
    return (parsed(text) as { issuer: string }).issuer;
  }
  const issuer = () => (known ??= readIssuer());
  const client = (name: string) => getBy(clients, 'clientId', name);

  async function askToken(
    as: string,
    form: Record<string, string>,
    headers: Record<string, string> = {},
  ) {
    const shown = await authenticationOf(client(as), issuer);
    return ask({
      method: 'POST',
      path: '/identity/token',
      headers: { ...shown.headers, ...headers },
      form: { ...shown.form, ...form },
    });
  }

  async function token(as: string, scope = client(as).scope): Promise<string> {
    const made = tokens.get(`${as} ${scope}`);
    if (made !== undefined) return made;
    const answer = await askToken(as, { grant_type: 'client_credentials', scope });
    const { access_token: given } = parsed(answer.text) as { access_token?: string };
    if (given === undefined) throw new Error(`no token for ${as}: ${answer.text}`);
    tokens.set(`${as} ${scope}`, given);
    return given;
  }

  return {
    url,
    ask,
    issuer,
    client,
    person: (username) => getBy(people, 'username', username),
    token,
    askToken,
    async askAs(as, request) {
      const authorization = `Bearer ${await token(as)}`;
      return ask({ ...request, headers: { authorization, ...request.headers } });
    },
    signingKey: () => readSigningKey(running.databaseUrl('identity')),
    close,
  };
}

async function readSigningKey(connectionString: string): Promise<SigningKey> {
  const database = new pg.Client({ connectionString });
  await database.connect();
  try {
    const { rows } = await database.query<{ jwk: SigningKey }>(
      `select jwk from signing_keys where state = 'current'`,
    );
    const [row] = rows;
    if (row === undefined) throw new Error('no key signs tokens');
    return row.jwk;
  } finally {
    await database.end();
  }
}

function getBy<Item>(items: Item[], field: keyof Item, value: unknown): Item {
  const found = items.find((item) => item[field] === value);
  if (found === undefined) throw new Error(`the platform has no ${String(value)}`);
  return found;
}
