/**
 * What programs may do in a person's name, by the person's role. A token gets what its program's entry in the list of
 * clients, the person's own yes and this table all allow; the services' policies say what each scope reaches. Whoever
 * helps customers has no orders in that account, and no customer has a scope that reaches another's.
 */
import type { ApiScope } from './clients.ts';

export const policy = {
  customer: ['orders:read', 'orders:write'],
  support: ['support:read', 'support:refund'],
} satisfies Record<string, ApiScope[]>;

export type Role = keyof typeof policy;
