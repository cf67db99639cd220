/** Who may do what with products: the shop window is for everybody, and what is in it for the staff to decide. */
import { anyone, type Policy } from '@waymark/tokens/policy.ts';

export const policy = {
  read: anyone,
  change: { any: 'catalog:write' },
} satisfies Policy;
