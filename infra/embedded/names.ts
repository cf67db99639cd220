/** The services of the platform, and the databases of its server. */

const withDatabase = [
  'identity',
  'catalog',
  'orders',
  'inventory',
  'payments',
  'psp',
  'notifications',
] as const;

/** The gateway comes last, so that its door opens on something. */
export const serviceNames = [...withDatabase, 'gateway'] as const;

/** Each with a login role of the same name. */
export const databaseNames = [...withDatabase, 'broker'] as const;

/** Services that publish to the event log or read from it. */
export const brokerClients = [
  'catalog',
  'orders',
  'inventory',
  'payments',
  'notifications',
] as const;

export type ServiceName = (typeof serviceNames)[number];
export type DatabaseName = (typeof databaseNames)[number];
