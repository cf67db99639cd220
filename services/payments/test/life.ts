/**
 * Everything around one payment, as a model: the orders service, the card processor with its books, deliveries
 * that come in any order and any number, answers that are lost, and a worker that loses its lease. A property
 * plays steps in any order; whatever they were, `settle` then lets things calm down, and the payment and the
 * books must agree with what orders decided. Nothing is caught here, so an event that would become a dead
 * letter fails the property too.
 */
import {
  answered,
  calls,
  cancelled,
  cancelledFirst,
  confirmed,
  isPending,
  refundRequested,
  requested,
  type Answer,
  type Payment,
  type Posting,
} from '../src/payment.ts';

type News = 'requested' | 'confirmed' | 'cancelled' | 'refund';

interface Hold {
  id: string;
  state: 'authorised' | 'captured' | 'voided' | 'refunded';
  lapsed: boolean;
}

export const order = {
  orderId: '5e7a0b6c-8f3d-4a55-9a39-0d2b6f6f3c11',
  amountCents: 700,
  currency: 'EUR',
  cardToken: 'tok_approve',
};

export const steps = [
  'deliver 0',
  'deliver 1',
  'deliver 2',
  'deliver 3',
  'ask',
  'ask a card that declines',
  'answer',
  'lose the answer',
  'lapse',
  'customer cancels',
  'refund after all',
  'support refunds',
] as const;
export type Step = (typeof steps)[number];

export function createLife() {
  let payment: Payment | undefined;
  /** What orders has said, in order. The log may bring any of it at any time, again and again. */
  const said: News[] = ['requested'];
  const delivered = new Set<News>();
  const told: string[] = [];
  const postings: Posting[] = [];
  const holds: Hold[] = [];
  const answers = new Map<string, Answer>();
  let inFlight: Answer | undefined;

  function deliver(news: News | undefined): void {
    if (news === undefined) return;
    delivered.add(news);
    let next: Payment | undefined;
    if (news === 'requested') next = payment === undefined ? requested(order) : undefined;
    if (news === 'confirmed') next = confirmed(payment);
    if (news === 'cancelled')
      next = payment === undefined ? cancelledFirst(order.orderId) : cancelled(payment);
    if (news === 'refund') next = refundRequested(payment);
    if (next === undefined) return;
    // As in the store: the lease is kept only where the call under way is still the one that is called for.
    if (next.state !== 'abandoning' && next.state !== payment?.state) inFlight = undefined;
    payment = next;
  }

  /** The books are written when the processor is asked, whether or not its answer arrives. */
  function ask(declines: boolean): void {
    if (payment === undefined || !isPending(payment.state)) return;
    const key = `${calls[payment.state]}/${String(payment.holdNumber)}`;
    const answer = answers.get(key) ?? write(payment.holdId, calls[payment.state], declines);
    answers.set(key, answer);
    inFlight = answer;
  }

  function write(
    holdId: string | undefined,
    call: (typeof calls)[keyof typeof calls],
    declines: boolean,
  ): Answer {
    if (call === 'authorise') {
      if (declines) return { kind: 'declined', reason: 'card-declined' };
      const id = `hold-${String(holds.length + 1)}`;
      holds.push({ id, state: 'authorised', lapsed: false });
      return { kind: 'done', holdId: id };
    }
    const hold = holds.find(({ id }) => id === holdId);
    if (hold === undefined) throw new Error(`${call} of a hold that is not in the books`);
    const from = call === 'refund' ? 'captured' : 'authorised';
    if (hold.state !== from) throw new Error(`${call} of a hold that is ${hold.state}`);
    if (call === 'capture' && hold.lapsed) return { kind: 'expired' };
    hold.state = ({ capture: 'captured', void: 'voided', refund: 'refunded' } as const)[call];
    return { kind: 'done', holdId: hold.id };
  }

  function answer(): void {
    if (payment === undefined || inFlight === undefined) return;
    const outcome = answered(payment, inFlight);
    payment = outcome.payment;
    inFlight = undefined;
    postings.push(...(outcome.transfer?.postings ?? []));
    for (const { contract } of outcome.events) hear(contract.type.split('.')[2] ?? '');
  }

  /** What orders does about an event of ours. */
  function hear(type: string): void {
    told.push(type);
    const open = !said.includes('cancelled');
    if (type === 'payment-authorised' && open) said.push('confirmed');
    if (type === 'payment-declined' && open) said.push('cancelled');
    if (type === 'capture-failed' && open) said.push('cancelled');
  }

  function play(step: Step): void {
    const [verb, index] = step.split(' ');
    if (verb === 'deliver') deliver(said[Number(index)]);
    if (verb === 'ask') ask(step !== 'ask');
    if (step === 'answer') answer();
    if (step === 'lose the answer') inFlight = undefined;
    if (step === 'lapse') for (const hold of holds) hold.lapsed = true;
    const undecided = !said.includes('confirmed') && !said.includes('cancelled');
    const paid = told.includes('payment-captured') && !said.includes('cancelled');
    if (step === 'customer cancels' && undecided) said.push('cancelled');
    if (step === 'refund after all' && paid) said.push('cancelled');
    const sold = said.includes('confirmed') && !said.includes('cancelled');
    if (step === 'support refunds' && sold && !said.includes('refund')) said.push('refund');
  }

  return {
    play,
    /** Delivers what has not been yet, and asks until nothing is left to ask; more rounds than it can take. */
    settle(): void {
      for (let round = 0; round < 20; round += 1) {
        for (const news of said) if (!delivered.has(news)) deliver(news);
        ask(false);
        answer();
      }
    },
    end: () => ({ payment, said, told, postings, holds }),
  };
}
