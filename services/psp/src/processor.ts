/**
 * Use cases of the card processor. Each request runs under its idempotency key: the books and the answer are
 * one transaction, and a repetition waits for the first to finish and gets its answer, refusals included.
 */
import { isCardToken } from '@waymark/contracts/card-tokens.ts';
import { httpErrors } from '@waymark/http/errors.ts';
import { Problem, problemDocument } from '@waymark/http/problem.ts';
import { createHash } from 'node:crypto';
import { errors } from './errors.ts';
import { act, authorise, type Authorise, type Hold, type HoldAction } from './hold.ts';
import type { PspQueries, PspStore } from './store.ts';

export interface ProcessorDeps {
  store: PspStore;
  clock: () => Date;
  newId: () => string;
}

export interface Answer {
  status: number;
  body: object;
  /** The answer of an earlier request under the same key. */
  repeated: boolean;
}

export function createProcessor({ store, clock, newId }: ProcessorDeps) {
  /** Runs `work` once per key and returns its answer each time. Throws `processor-key-reused`. */
  async function once(
    key: string,
    request: unknown,
    work: (tx: PspQueries) => Promise<{ status: number; body: object }>,
  ): Promise<Answer> {
    const hash = createHash('sha256').update(JSON.stringify(request)).digest('hex');
    return store.transaction(async (tx) => {
      await tx.lockKey(key);
      const earlier = await tx.findAnswer(key);
      if (earlier !== undefined) {
        if (earlier.requestHash !== hash) throw new Problem(errors['processor-key-reused']);
        return { status: earlier.status, body: earlier.body, repeated: true };
      }
      const answer = await work(tx).catch(refusal);
      await tx.saveAnswer(key, hash, answer);
      return { ...answer, repeated: false };
    });
  }

  return {
    authorise(key: string, request: Authorise): Promise<Answer> {
      // In an order of ours: the same fields in another order are the same request.
      const { reference, amountCents, currency, cardToken } = request;
      return once(key, [reference, amountCents, currency, cardToken], async (tx) => {
        const hold = authorise(request, {
          id: newId(),
          now: clock(),
          earlierHolds: await tx.countHolds(request.reference),
          known: isCardToken(request.cardToken),
        });
        await tx.insertHold(hold, clock());
        return { status: 201, body: toBody(hold) };
      });
    },

    act: (key: string, holdId: string, action: HoldAction): Promise<Answer> =>
      once(key, { holdId, action }, async (tx) => {
        const hold = await tx.findHoldForUpdate(holdId);
        if (hold === undefined) throw new Problem(httpErrors['not-found']);
        const changed = act(hold, action, clock());
        await tx.saveState(changed);
        return { status: 200, body: toBody(changed) };
      }),

    /** True the first time it is asked about a key. */
    failsOnce: (key: string): Promise<boolean> => store.markFailed(key),
  };
}

export type Processor = ReturnType<typeof createProcessor>;

/** A refusal is an answer like any other: the same request later is refused in the same words. */
function refusal(error: unknown): { status: number; body: object } {
  if (!(error instanceof Problem)) throw error;
  const { kind, message, members } = error;
  return { status: kind.status, body: problemDocument(kind, message, members) };
}

function toBody({ id, reference, state, amountCents, currency, expiresAt }: Hold): object {
  return { id, reference, state, amountCents, currency, expiresAt: expiresAt.toISOString() };
}
