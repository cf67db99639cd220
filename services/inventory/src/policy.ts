/** Who may do what with stock. It is the shop's own, so there is nobody to whom a product's stock belongs. */
import type { Policy } from '@waymark/tokens/policy.ts';

export const policy = {
  read: { any: 'inventory:read' },
  change: { any: 'inventory:write' },
} satisfies Policy;
