/** All families, in the order in which they run: the last ones use up what the others need. */
import type { Family } from './attack.ts';
import { jwt } from './jwt.ts';

export const families: readonly Family[] = [jwt];
