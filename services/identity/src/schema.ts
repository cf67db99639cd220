/**
 * The tables of the identity service as kysely sees them, and what goes in and comes out beside plain rows.
 * migrations/ says what the columns mean; those that a query only sorts by are left out.
 */
import type { DataKeyTables } from '@waymark/envelope/data-keys.ts';
import type { Role } from './policy.ts';

export interface IdentitySchema extends DataKeyTables {
  clients: {
    client_id: string;
    secret_hash: string | null;
    public_key: unknown;
    may_introspect: boolean;
    device_flow: boolean;
    redirect_uris: unknown;
    scope: string;
    name: string;
  };
  people: {
    username: string;
    password_hash: string;
    role: Role;
    /** Of somebody who came before names were sealed. */
    name: string | null;
    name_sealed: Buffer | null;
    email_sealed: Buffer | null;
    email_index: string | null;
  };
  sign_in_attempts: { key: string; attempts: number; ends_at: Date };
  signing_keys: {
    kid: string;
    jwk: unknown;
    state: 'next' | 'current' | 'retired';
    ends_at: Date | null;
  };
  cookie_keys: { secret: string };
  oidc_payloads: {
    model: string;
    id: string;
    payload: unknown;
    grant_id: string | null;
    uid: string | null;
    user_code: string | null;
    consumed_at: Date | null;
    expires_at: Date | null;
  };
}

/** What oidc-provider wants kept, and the parts of it that it is looked up by. */
export interface StoredPayload {
  model: string;
  id: string;
  /** JSON. */
  payload: string;
  grantId: string | undefined;
  uid: string | undefined;
  userCode: string | undefined;
  expiresAt: Date | undefined;
}

export interface FoundPayload {
  id: string;
  payload: Record<string, unknown>;
  consumedAt: Date | undefined;
}

/** A person to be stored; what is personal is sealed. */
export interface StoredPerson {
  username: string;
  passwordHash: string;
  role: Role;
  name: Buffer;
  email: Buffer | undefined;
  emailIndex: string | undefined;
}

export interface LookUp {
  model: string;
  by: 'id' | 'uid' | 'user_code';
  value: string;
  now: Date;
}
