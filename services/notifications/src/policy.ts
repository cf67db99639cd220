/**
 * Who may follow which order, and who may do what with which webhook. The store looks for a webhook under its
 * partner's name alone, so another's is not there.
 */
import type { Policy } from '@waymark/tokens/policy.ts';

export const policy = {
  follow: { own: 'orders:read' },
  readWebhooks: { own: 'webhooks:read' },
  changeWebhooks: { own: 'webhooks:write' },
} satisfies Policy;
