/** All families, in the order in which they run: the last ones use up what the others need. */
import { assignment } from './assignment.ts';
import type { Family } from './attack.ts';
import { grants } from './grants.ts';
import { graph } from './graph.ts';
import { jwt } from './jwt.ts';
import { oauth } from './oauth.ts';
import { objects } from './objects.ts';
import { proofs } from './proofs.ts';

export const families: readonly Family[] = [
  jwt,
  proofs,
  oauth,
  grants,
  objects,
  graph,
  assignment,
];
