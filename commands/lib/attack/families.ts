/**
 * All families, in the order in which they run. Those that spend the same limit stand apart, and `resources`, which waits
 * for slow requests to end, gives back what the first ones spent. The last one uses up a limit on purpose.
 */
import { addresses } from './addresses.ts';
import { assignment } from './assignment.ts';
import type { Family } from './attack.ts';
import { caches } from './caches.ts';
import { forms } from './forms.ts';
import { grants } from './grants.ts';
import { graph } from './graph.ts';
import { input } from './input.ts';
import { jwt } from './jwt.ts';
import { rateLimits } from './limits.ts';
import { oauth } from './oauth.ts';
import { objects } from './objects.ts';
import { proofs } from './proofs.ts';
import { resources } from './resources.ts';
import { smuggling } from './smuggling.ts';
import { ssrf } from './ssrf.ts';
import { webhooks } from './webhooks.ts';

export const families: readonly Family[] = [
  jwt,
  oauth,
  resources,
  proofs,
  grants,
  objects,
  graph,
  assignment,
  input,
  addresses,
  smuggling,
  ssrf,
  webhooks,
  caches,
  forms,
  rateLimits,
];
