/**
 * Refuses a proof of possession (RFC 9449, section 11.1) that was seen before, by whichever replica. It comes after
 * the limits, so what is to be remembered is bounded: as many proofs as a client may send in the life of one.
 */
import { httpErrors } from '@waymark/http/errors.ts';
import { Problem } from '@waymark/http/problem.ts';
import type { KeyValue } from '@waymark/storage/key-value.ts';
import { PROOF_LIFE_MS } from '@waymark/tokens/proof.ts';
import { authenticate } from '@waymark/tokens/require-scope.ts';
import type { TokenVerifier } from '@waymark/tokens/verifier.ts';
import type { FastifyRequest } from 'fastify';

export function createReplayGuard(
  keyValue: Pick<KeyValue, 'compareAndSet'>,
  verifier: TokenVerifier,
) {
  return async (request: FastifyRequest): Promise<void> => {
    const { proofId } = await authenticate(verifier, request);
    if (proofId === undefined) return;
    const seen = { expected: undefined, value: 'true', ttlMs: PROOF_LIFE_MS };
    // #region closed-where-limits-are-open
    // Without the store a limit lets everybody pass, and this nobody: a limit that is off for a minute costs
    // some load, while a proof that passes twice is an order placed by a thief. Tokens without a proof go on.
    const isNew = await keyValue.compareAndSet(`proof:${proofId}`, seen).catch(() => undefined);
    if (isNew === undefined) throw new Problem(httpErrors.unavailable);
    // #endregion
    if (!isNew) throw new Problem(httpErrors['proof-invalid'], 'This proof was used before.');
  };
}
