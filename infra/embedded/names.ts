/** The services of the platform, and the databases of its server. */

export const servicesWithDatabase = [
  'identity',
  'catalog',
  'orders',
  'inventory',
  'payments',
  'psp',
  'notifications',
] as const;

/** The gateway comes last, so that its door opens on something. */
export const serviceNames = [...servicesWithDatabase, 'gateway'] as const;

/** Each is owned by the role of the same name. */
export const databaseNames = [...servicesWithDatabase, 'broker'] as const;

/** Roles that may log in. The gateway keeps nothing, and only counts in the broker's database. */
export const roleNames = [...databaseNames, 'gateway'] as const;

/** Services that keep personal fields, and seal them. */
export const keyHolders = ['identity', 'orders'] as const;

/** Services that use the broker's database: its event log, or its key-value store. */
export const brokerClients = [
  'catalog',
  'orders',
  'inventory',
  'payments',
  'notifications',
  'gateway',
] as const;

export type KeyHolder = (typeof keyHolders)[number];
export type ServiceName = (typeof serviceNames)[number];
export type DatabaseName = (typeof databaseNames)[number];
