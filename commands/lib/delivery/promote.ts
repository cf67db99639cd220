/**
 * Carries a promotion out: looks, decides (promotion.ts), acts, until all pods are new or none is. Whatever goes wrong
 * on the way, a step that fails included, ends with the old version everywhere.
 */
import type { Cluster } from './cluster.ts';
import { begin, decide, limitFor, type Plan, type Promotion } from './promotion.ts';
import type { Verdict } from './slo.ts';

export interface Promoter {
  cluster: Cluster;
  /** How the shop is doing, against a limit for the burn rate; 'unknown' where nothing can be said. */
  look(limit: number): Promise<Verdict>;
  plan: Plan;
  now(): number;
  /** Waits until it is time to look again. */
  pause(): Promise<void>;
  say(line: string): void;
}

/** Returns where it ended. Throws what a step threw, after everything was put back. */
export async function promote(promoter: Promoter): Promise<Promotion> {
  const { cluster, plan, now, pause, say } = promoter;
  let promotion = begin(plan, now());
  try {
    await cluster.prepare();
    await cluster.remember();
    await act(cluster, promotion);
    say(describe(promotion));
    while (promotion.state === 'canary' || promotion.state === 'everywhere') {
      await pause();
      const to = decide(promotion, await see(promoter, promotion), plan);
      const isNew = describe(to) !== describe(promotion);
      promotion = to;
      if (!isNew) continue;
      say(describe(promotion));
      await act(cluster, promotion);
    }
    return promotion;
  } catch (error) {
    await putBack(cluster);
    throw error;
  }
}

/** Takes away what a promotion has left, however far it came. */
export async function putBack(cluster: Cluster): Promise<void> {
  // The old version first: where the new one was everywhere, the canary is no reserve, but does no harm either.
  await cluster.goBack();
  await cluster.removeCanary();
  await cluster.forget();
}

async function see({ cluster, look, now }: Promoter, promotion: Promotion) {
  const state = promotion.state === 'canary' ? 'canary' : 'everywhere';
  // A cluster that does not answer for a moment is not seen as ready; the plan's patience bounds the moment.
  const ready = await cluster.isReady(state).catch(() => false);
  return { ready, slo: await look(limitFor(promotion)), nowMs: now() };
}

async function act(cluster: Cluster, promotion: Promotion): Promise<void> {
  if (promotion.state === 'canary') await cluster.setCanary(promotion.share);
  if (promotion.state === 'everywhere') await cluster.rollOut();
  if (promotion.state === 'rolled-back') await putBack(cluster);
  if (promotion.state === 'promoted') {
    await cluster.removeCanary();
    await cluster.forget();
  }
}

function describe(promotion: Promotion): string {
  if (promotion.state === 'canary') return `canary at ${String(promotion.share * 100)} %`;
  if (promotion.state === 'rolled-back') return `rolled back: ${promotion.reason}`;
  return promotion.state;
}
