/** The services of the platform, and the databases of its server. */

/** The gateway comes last, so that its door opens on something. */
export const serviceNames = [
  'identity',
  'catalog',
  'orders',
  'inventory',
  'payments',
  'psp',
  'notifications',
  'gateway',
] as const;

export type ServiceName = (typeof serviceNames)[number];

/** Each with a login role of the same name. */
export const databaseNames = [
  'identity',
  'catalog',
  'orders',
  'inventory',
  'payments',
  'psp',
  'notifications',
  'broker',
] as const;

export type DatabaseName = (typeof databaseNames)[number];

/** Services that publish to the event log or read from it. */
export const brokerClients = [
  'catalog',
  'orders',
  'inventory',
  'payments',
  'notifications',
] as const satisfies DatabaseName[];
