/** What the words of the delivery's commands mean, and what is wrong with them. */
import { UserError } from '../../../infra/embedded/user-error.ts';

/** In milliseconds. Throws UserError. */
export function readMinutes(name: string, text: string): number {
  const minutes = Number(text);
  if (minutes > 0 && Number.isFinite(minutes)) return minutes * 60_000;
  throw new UserError(`--${name} takes minutes above 0, not ${text}`);
}

/** From percentages, such as 10,50, to parts of one. Throws UserError. */
export function readShares(text: string): number[] {
  const shares = text.split(',').map((word) => Number(word) / 100);
  const rise = shares.every((share, at) => share > (shares[at - 1] ?? 0) && share < 1);
  if (rise) return shares;
  throw new UserError(`--shares takes rising percentages below 100, such as 10,50, not ${text}`);
}
