/**
 * Use cases of the card processor. Each request is carried out once per idempotency key: what it does to the
 * books and its answer are one statement, and the key's row in it lets no second one in. So nothing is locked or
 * looked up beforehand; a repetition, refusals included, finds out as it writes, and gets the first one's answer.
 */
import { isCardToken } from '@waymark/contracts/card-tokens.ts';
import { httpErrors } from '@waymark/http/errors.ts';
import { Problem, problemDocument } from '@waymark/http/problem.ts';
import { createHash } from 'node:crypto';
import { errors } from './errors.ts';
import { act, authorise, type Authorise, type Hold, type HoldAction } from './hold.ts';
import type { HoldChange, PspStore } from './store.ts';

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

/** What a request comes to: its answer, and what that does to the books. A refusal does nothing to them. */
interface Outcome {
  status: number;
  body: object;
  change?: HoldChange;
}

export function createProcessor({ store, clock, newId }: ProcessorDeps) {
  /** Runs `work` once per key and returns its answer each time. Throws `processor-key-reused`. */
  async function once(
    key: string,
    request: unknown,
    work: () => Promise<Outcome>,
  ): Promise<Answer> {
    const requestHash = createHash('sha256').update(JSON.stringify(request)).digest('hex');
    // Again where another request moved the same hold in between: at most twice, a hold has no more moves.
    for (;;) {
      const { status, body, change } = await work().catch(refusal);
      const written = await store.write({ key, requestHash, status, body }, change);
      if (written === 'done') return { status, body, repeated: false };
      const earlier = written === 'key-taken' ? await store.findAnswer(key) : undefined;
      if (earlier === undefined) continue;
      if (earlier.requestHash !== requestHash) throw new Problem(errors['processor-key-reused']);
      return { status: earlier.status, body: earlier.body, repeated: true };
    }
  }

  return {
    authorise(key: string, request: Authorise): Promise<Answer> {
      // In an order of ours: the same fields in another order are the same request.
      const { reference, amountCents, currency, cardToken } = request;
      return once(key, [reference, amountCents, currency, cardToken], async () => {
        const hold = authorise(request, {
          id: newId(),
          now: clock(),
          earlierHolds: await store.countHolds(request.reference),
          known: isCardToken(request.cardToken),
        });
        return { status: 201, body: toBody(hold), change: { after: hold, at: clock() } };
      });
    },

    act: (key: string, holdId: string, action: HoldAction): Promise<Answer> =>
      once(key, { holdId, action }, async () => {
        const before = await store.findHold(holdId);
        if (before === undefined) throw new Problem(httpErrors['not-found']);
        const after = act(before, action, clock());
        return { status: 200, body: toBody(after), change: { before, after } };
      }),

    /** True the first time it is asked about a key. */
    failsOnce: (key: string): Promise<boolean> => store.markFailed(key),
  };
}

export type Processor = ReturnType<typeof createProcessor>;

/** A refusal is an answer like any other: the same request later is refused in the same words. */
function refusal(error: unknown): Outcome {
  if (!(error instanceof Problem)) throw error;
  const { kind, message, members } = error;
  return { status: kind.status, body: problemDocument(kind, message, members) };
}

function toBody({ id, reference, state, amountCents, currency, expiresAt }: Hold): object {
  return { id, reference, state, amountCents, currency, expiresAt: expiresAt.toISOString() };
}
