/**
 * Which services call which over HTTP. Where services have certificates, each admits only those of its line: whoever
 * adds a call adds it here. The gateway is for everybody, and in no line.
 */
const checkTokens = ['gateway', 'catalog', 'orders', 'inventory', 'notifications'];

/** Of each service, who may call it. */
export const callers: Readonly<Record<string, readonly string[]>> = {
  // All but the gateway ask for the keys that tokens are signed with.
  identity: checkTokens,
  catalog: ['gateway'],
  // A reader of an order's feed is asked for by notifications.
  orders: ['gateway', 'notifications'],
  inventory: ['gateway'],
  notifications: ['gateway'],
  payments: [],
  psp: ['payments'],
};
