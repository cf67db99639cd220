/** Who may do what with which order: customers with their own, the shop's support with anybody's. */
import type { Policy } from '@waymark/tokens/policy.ts';

export const policy = {
  place: { own: 'orders:write' },
  read: { own: 'orders:read', any: 'support:read' },
  cancel: { own: 'orders:write' },
  refund: { any: 'support:refund' },
} satisfies Policy;
