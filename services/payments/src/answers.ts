/**
 * Commits what the card processor said, each answer with its postings and events. No answer waits for company, but those
 * that come while a transaction runs share the next: at saturation the transaction is most of what an answer costs.
 */
import { combine } from '@waymark/lifecycle/combine.ts';
import { toRows } from '@waymark/messaging/outbox.ts';
import { AsyncLocalStorage } from 'node:async_hooks';
import { answered, type Answer } from './payment.ts';
import { toRow } from './payment-row.ts';
import type { Lease, PaymentsQueries, PaymentsStore } from './store.ts';

interface LeasedAnswer extends Lease {
  answer: Answer;
  /** Events tell what caused them, and answers of one transaction have causes of their own. */
  inContext: <Result>(work: () => Result) => Result;
}

/** @param together how many answers share a transaction at most */
export function createAnswers(store: PaymentsStore, together: number) {
  const commit = combine(
    async (answers: LeasedAnswer[]): Promise<Promise<boolean>[]> => {
      const take = (some: LeasedAnswer[]) => store.transaction((tx) => takeAnswers(tx, some));
      try {
        const kept = await take(answers);
        return answers.map(async (answer) => kept.has(answer));
      } catch (error) {
        if (answers.length === 1) throw error;
        // All are undone, and each is tried alone to find which it was.
        return answers.map(async (answer) => (await take([answer])).has(answer));
      }
    },
    { limit: together },
  );

  /** False where the lease was lost meanwhile. */
  return async (lease: Lease, answer: Answer): Promise<boolean> =>
    commit({ ...lease, answer, inContext: AsyncLocalStorage.snapshot() });
}

/** Those that were not dropped. */
async function takeAnswers(
  tx: PaymentsQueries,
  answers: LeasedAnswer[],
): Promise<Set<LeasedAnswer>> {
  // #region lost-lease
  // A worker that slept through its lease finds another's token here, and its answer is dropped: the
  // other asked under the same idempotency key, so it has, or will get, the same answer.
  const leased = await tx.findLeasedForUpdate(answers);
  const kept = answers.flatMap((answer) => {
    const payment = leased.find((one) => isSame(one, answer));
    return payment === undefined ? [] : [{ answer, payment }];
  });
  if (kept.length === 0) return new Set();
  // #endregion
  const savings = kept.map(({ payment, answer: { answer, inContext } }) =>
    inContext(() => {
      const { payment: after, events, ...outcome } = answered(payment, answer);
      return { ...outcome, row: toRow(after), news: toRows('payments', events) };
    }),
  );
  await tx.save(savings);
  return new Set(kept.map(({ answer }) => answer));
}

const isSame = (one: Lease, other: Lease) =>
  one.orderId === other.orderId && one.leaseToken === other.leaseToken;
