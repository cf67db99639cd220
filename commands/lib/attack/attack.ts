/**
 * What an attack is: data with a name and a way to run it, whose verdict says what came back. It counts as refused
 * only where exactly the refusal came that should, or nothing changed that must not. A server that is down, or one
 * that fails on what it was sent, has refused nothing: that is why each family begins with the honest request.
 */
import type { Answer } from './ask.ts';
import type { Target } from './target.ts';

export interface Verdict {
  refused: boolean;
  /** What came back, in a few words. */
  answer: string;
}

export interface Attack {
  name: string;
  run(target: Target): Promise<Verdict>;
}

export interface Family {
  name: string;
  /** Makes the honest requests, and throws where one fails; then none of the attacks can be carried out. */
  prepare(target: Target): Promise<Attack[]>;
  /** Takes away what would go on working. */
  tidy?(target: Target): Promise<void>;
}

/** Throws unless it holds. `what` says what the honest do. */
export function honest(what: string, holds: boolean, answer?: Answer): void {
  const got = answer === undefined ? '' : `, but ${describe(answer)}`;
  if (!holds) throw new Error(`the honest request failed: ${what}${got}`);
}

/** Refused by this answer and by no other. */
export function refusedBy(answer: Answer, status: number, code: string): Verdict {
  return {
    refused: answer.status === status && answer.code === code,
    answer: describe(answer),
  };
}

export function describe({ status, code, headers, text }: Answer): string {
  const rest = code ?? headers.location ?? /<title>([^<]*)/.exec(text)?.[1] ?? text;
  return `${String(status)} ${rest.replaceAll(/\s+/g, ' ').slice(0, 60)}`.trim();
}
