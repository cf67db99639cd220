/**
 * The storage that oidc-provider asks for (its Adapter interface), on our store. Clients come from the table
 * that the list of clients is copied to; everything else is a payload with an end.
 */
import { isUnavailable } from '@waymark/database/unavailable.ts';
import { parseJson } from '@waymark/http/json.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import { errors, type Adapter, type AdapterFactory, type AdapterPayload } from 'oidc-provider';
import type { Client } from './clients.ts';
import type { PersonalFields } from './personal-fields.ts';
import type { FoundPayload } from './schema.ts';
import type { IdentityStore } from './store.ts';

export interface AdapterDeps {
  store: IdentityStore;
  asked: PersonalFields['asked'];
  log: Log;
  clock: () => Date;
}

export function createAdapter(deps: AdapterDeps): AdapterFactory {
  return (model) => (model === 'Client' ? clientAdapter(deps) : payloadAdapter(model, deps));
}

function payloadAdapter(model: string, { store, asked, log, clock }: AdapterDeps): Adapter {
  const ask = asking(log);
  const find = async (by: 'id' | 'uid' | 'user_code', value: string) => {
    if (!isText(value)) return undefined;
    const found = await ask(store.findPayload({ model, by, value, now: clock() }));
    if (found === undefined) return undefined;
    const { sealed } = found.payload;
    if (typeof sealed !== 'string') return toPayload(found);
    const opened = await ask(asked.open(found.id, sealed));
    return opened && toPayload({ ...found, payload: opened });
  };

  return {
    async upsert(id, payload, expiresInSeconds) {
      const now = clock();
      const json = toStorableJson(payload);
      const stored = {
        model,
        id,
        payload: ASKED.has(model)
          ? JSON.stringify({ sealed: await ask(asked.seal(id, json)) })
          : json,
        grantId: payload.grantId,
        uid: payload.uid,
        userCode: payload.userCode,
        expiresAt:
          expiresInSeconds === undefined
            ? undefined
            : new Date(now.getTime() + expiresInSeconds * 1000),
      };
      if (model !== 'ReplayDetection') return ask(store.savePayload(stored));
      // The library looks whether a proof was seen and then stores it; of two that looked at once, one wins here.
      if (!(await ask(store.addPayload(stored, now))))
        throw new errors.InvalidRequest('a proof was used before');
    },
    find: (id) => find('id', id),
    findByUid: (uid) => find('uid', uid),
    findByUserCode: (userCode) => find('user_code', userCode),
    async consume(id) {
      // The library looks whether it was consumed and then consumes; of two that looked at once, one wins here.
      if (!(await ask(store.consumePayload(model, id, clock()))))
        throw new errors.InvalidGrant('already consumed');
    },
    destroy: (id) => ask(store.deletePayloads(model, 'id', id)),
    revokeByGrantId: (grantId) => ask(store.deletePayloads(model, 'grant_id', grantId)),
  };
}

/** Read only: nobody registers a client through the protocol. */
function clientAdapter({ store, log }: AdapterDeps): Adapter {
  const ask = asking(log);
  const readOnly = async () => {
    throw new Error('clients come from the list of clients');
  };
  return {
    async find(id) {
      const client = isText(id) ? await ask(store.findClient(id)) : undefined;
      return client && toMetadata(client);
    },
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    upsert: readOnly,
    consume: readOnly,
    destroy: readOnly,
    revokeByGrantId: readOnly,
  };
}

/** Client metadata of RFC 7591; `client_secret` is the secret's hash, see provider.ts. */
function toMetadata(client: Client): AdapterPayload {
  const { secretHash, publicKey, redirectUris } = client;
  const common = {
    client_id: client.clientId,
    client_name: client.name,
    scope: client.scope,
    redirect_uris: redirectUris,
    may_introspect: client.mayIntrospect,
  };
  const forItself = { ...common, grant_types: ['client_credentials'], response_types: [] };
  if (publicKey !== undefined)
    return {
      ...forItself,
      jwks: { keys: [publicKey] },
      token_endpoint_auth_method: 'private_key_jwt',
    };
  if (secretHash !== undefined)
    return {
      ...forItself,
      client_secret: secretHash,
      token_endpoint_auth_method: 'client_secret_basic',
    };
  const forPeople = {
    ...common,
    application_type: 'native' as const,
    token_endpoint_auth_method: 'none' as const,
  };
  if (client.deviceFlow)
    return {
      ...forPeople,
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      response_types: [],
    };
  return {
    ...forPeople,
    post_logout_redirect_uris: redirectUris,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  };
}

// #region what-was-asked-is-personal
// Between two pages the library keeps all that was asked, and an app may say in it who is about to sign in
// (`login_hint`), as a rule by an e-mail address; it stands in more than one place. A device's code keeps its address.
const ASKED = new Set(['Interaction', 'DeviceCode']);
// #endregion

function toPayload(found: FoundPayload): AdapterPayload {
  if (found.consumedAt === undefined) return found.payload;
  return { ...found.payload, consumed: Math.floor(found.consumedAt.getTime() / 1000) };
}

/** PostgreSQL text cannot hold U+0000, so nothing is stored under such an id. */
function isText(id: string): boolean {
  return !id.includes('\0');
}

function toStorableJson(payload: AdapterPayload): string {
  const json = JSON.stringify(payload);
  try {
    parseJson(json);
  } catch {
    throw new errors.InvalidRequest('a parameter holds text that cannot be stored');
  }
  return json;
}

// #region oauth-speaks-of-outages
// A database that is away would come out as `server_error`, which tells a client that we have a bug and that
// trying again is pointless. OAuth has a word for it (RFC 6749, section 4.1.2.1), and HTTP has the status; the
// library's own error carries both through whichever endpoint was asked. provider.ts adds Retry-After.
export function asking(log: Log) {
  return async function ask<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      log.warn({ err: error }, 'the database is away');
      const unavailable = new errors.TemporarilyUnavailable('try again in a moment');
      throw Object.assign(unavailable, { status: 503, statusCode: 503 });
    }
  };
}
// #endregion
