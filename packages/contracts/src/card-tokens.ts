/**
 * The card tokens that the simulated processor knows, and what each causes. Like the test cards of real
 * processors they are a closed list, so orders can refuse any other at the door: it could never be paid.
 */
export const cardTokens = {
  tok_approve: 'authorised at once',
  tok_decline: 'declined',
  tok_slow: 'authorised, but the answer takes longer than the caller waits',
  tok_fail_once: 'the first attempt fails with nothing done, the second works',
  tok_charge_then_drop: 'authorised, and the connection drops before the answer',
  tok_hold_expires: 'authorised, but the first hold has lapsed before it can be captured',
} as const;

export type CardToken = keyof typeof cardTokens;

export function isCardToken(token: string): token is CardToken {
  return Object.hasOwn(cardTokens, token);
}
