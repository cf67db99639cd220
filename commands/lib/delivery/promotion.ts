/**
 * The decisions of a progressive rollout, without a cluster: where it stands, what is seen, where it goes. A new
 * version first gets a share of the pods beside the old one (canary), then a greater one, then all. It goes on
 * only after it was ready and calm for a whole soak, and back at the first sign that it burns.
 */
import { FAST, type Verdict } from './slo.ts';

export interface Plan {
  /** Of all pods, those of the new version: rising, each above 0 and below 1. */
  shares: readonly number[];
  /** How long the new version must be ready and calm before its share grows. */
  soakMs: number;
  /** How long it may be not ready, or not judged, before it goes back. */
  patienceMs: number;
}

export type Promotion =
  | ({ state: 'canary'; share: number } & Watch)
  | ({ state: 'everywhere' } & Watch)
  | { state: 'promoted' }
  | { state: 'rolled-back'; from: 'canary' | 'everywhere'; reason: string };

interface Watch {
  /** Since when it is ready and calm without a break. */
  calmSince?: number;
  /** Since when it is not. */
  unclearSince: number;
}

export interface Sight {
  /** Whether all pods that are wanted of the new version are ready. */
  ready: boolean;
  slo: Verdict;
  nowMs: number;
}

/** Throws where there is no share to begin with. */
export function begin({ shares }: Plan, nowMs: number): Promotion {
  const [share] = shares;
  if (share === undefined) throw new Error('a plan has at least one share');
  return { state: 'canary', share, unclearSince: nowMs };
}

export function decide(promotion: Promotion, sight: Sight, plan: Plan): Promotion {
  if (promotion.state === 'promoted' || promotion.state === 'rolled-back') return promotion;
  const from = promotion.state;
  const { ready, slo, nowMs } = sight;
  if (slo === 'burning') return { state: 'rolled-back', from, reason: 'an error budget burns' };

  if (ready && slo === 'calm') {
    const calmSince = promotion.calmSince ?? nowMs;
    if (nowMs - calmSince < plan.soakMs) return { ...promotion, calmSince };
    return next(promotion, plan, nowMs);
  }
  // #region silence-is-no-consent
  // A break in the readings begins the soak again, and a long one ends the promotion. A new version that keeps
  // customers from ordering at all makes no events, so "nothing burned" would be its way to everywhere.
  const unclearSince = promotion.calmSince === undefined ? promotion.unclearSince : nowMs;
  if (nowMs - unclearSince >= plan.patienceMs) {
    const reason = ready ? 'nothing to judge it by' : 'the new pods are not ready';
    return { state: 'rolled-back', from, reason };
  }
  return from === 'canary'
    ? { state: from, share: promotion.share, unclearSince }
    : { state: from, unclearSince };
  // #endregion
}

function next(promotion: Promotion, { shares }: Plan, nowMs: number): Promotion {
  if (promotion.state !== 'canary') return { state: 'promoted' };
  const share = shares.find((candidate) => candidate > promotion.share);
  return share === undefined
    ? { state: 'everywhere', unclearSince: nowMs }
    : { state: 'canary', share, unclearSince: nowMs };
}

/**
 * The burn rate of the whole shop that is too much now.
 */
export function limitFor(promotion: Promotion): number {
  // #region a-canary-dilutes
  // The objectives are measured over all pods. With a share of 10 % a canary that fails every order raises the errors
  // of the whole to 10 %, and an objective of 99 % calls that a burn of 10: the alert's limit of 14.4 would never be
  // reached. Scaled by the share, the limit asks whether the canary alone burns at 14.4.
  return promotion.state === 'canary' ? FAST * promotion.share : FAST;
  // #endregion
}
