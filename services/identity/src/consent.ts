/** What a person says yes to: whether there is such a yes to be given, and the grant that it makes. */
import type { Act } from '@waymark/database/audit-trail.ts';
import type { InteractionResults, Provider } from 'oidc-provider';
import { API_SCOPES } from './clients.ts';
import type { Person } from './people.ts';
import { policy } from './policy.ts';

export type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

export function scopesOf({ params }: Pick<Interaction, 'params'>): string[] {
  return typeof params.scope === 'string' ? params.scope.split(' ') : [];
}

/** What the person who signed in cannot say yes to, because it is not for their role. */
export async function refusedScopes(
  interaction: Interaction,
  findPerson: (username: string) => Promise<Person | undefined>,
): Promise<string[]> {
  if (interaction.prompt.name !== 'consent') return [];
  const person = await findPerson(interaction.session?.accountId ?? '');
  const allowed: string[] = person === undefined ? [] : policy[person.role];
  const others: string[] = API_SCOPES.filter((scope) => !allowed.includes(scope));
  return scopesOf(interaction).filter((scope) => others.includes(scope));
}

/** Sends the program back. */
export function notFor(scopes: string[]): InteractionResults {
  const error_description = `not for this account: ${scopes.join(' ')}`;
  return { error: 'invalid_scope', error_description };
}

/** What goes on record before a program is let near other people's orders: it may be followed by nothing, not preceded. */
export function allowing({ session, params }: Interaction, scopes: string[]): Act {
  return {
    actor: session?.accountId ?? '',
    act: 'allow',
    object: `client:${String(params.client_id)}`,
    details: { scopes: scopes.join(' ') },
  };
}

// #region one-grant-for-one-yes
// Every yes makes a grant of its own, and not a larger one of what was allowed before: a refresh token that is
// used twice takes its grant with it, and then signs out the program that was robbed and no other.
export async function grant(
  interaction: Interaction,
  { Grant }: Provider,
  audience: string,
): Promise<string> {
  const accountId = interaction.session?.accountId;
  const given = new Grant({ accountId, clientId: String(interaction.params.client_id) });
  const scopes = scopesOf(interaction);
  // The library counts every scope that it was told of as one of OpenID Connect too, and asks until all are given.
  given.addOIDCScope(scopes);
  given.addResourceScope(
    audience,
    API_SCOPES.filter((scope) => scopes.includes(scope)),
  );
  return given.save();
}
// #endregion
