/** Runs families of attacks one after the other, and says of each attack what came back. */
import type { Attack, Family } from './attack.ts';
import type { Target } from './target.ts';

export interface Row {
  family: string;
  attack: string;
  answer: string;
  outcome: 'refused' | 'THROUGH' | 'NOT CARRIED OUT';
}

const ATTACK_MS = 45_000;

/** `tell` hears of each row as it comes. */
export async function runAttacks(
  target: Target,
  families: readonly Family[],
  tell: (row: Row) => void,
): Promise<Row[]> {
  const rows: Row[] = [];
  function add(row: Row): void {
    rows.push(row);
    tell(row);
  }
  for (const one of families) {
    const { name: family } = one;
    try {
      for (const attack of await within(one.prepare(target))) {
        add({ family, attack: attack.name, ...(await judge(attack, target)) });
      }
    } catch (error) {
      // A family of which the honest part fails tells nothing about the rest.
      add({ family, attack: 'the honest request', ...failed(error) });
    } finally {
      await one.tidy?.(target).catch(() => undefined);
    }
  }
  return rows;
}

async function judge(attack: Attack, target: Target): Promise<Pick<Row, 'answer' | 'outcome'>> {
  try {
    const { refused, answer } = await within(attack.run(target));
    return { answer, outcome: refused ? 'refused' : 'THROUGH' };
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): Pick<Row, 'answer' | 'outcome'> {
  const { message } = error as { message: string };
  return { answer: message.slice(0, 300), outcome: 'NOT CARRIED OUT' };
}

async function within<Result>(promise: Promise<Result>): Promise<Result> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    timeout.reject(new Error('took too long'));
  }, ATTACK_MS);
  try {
    return await Promise.race([promise, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}

export function lineOf({ family, attack, answer, outcome }: Row): string {
  return [family.padEnd(10), attack.padEnd(62), answer.padEnd(44), outcome].join('  ');
}

/** The last line: how many, and whether all were refused. */
export function summaryOf(rows: readonly Row[]): string {
  const count = (outcome: Row['outcome']) =>
    String(rows.filter((row) => row.outcome === outcome).length);
  return `${String(rows.length)} attacks: ${count('refused')} refused, ${count('THROUGH')} through, ${count('NOT CARRIED OUT')} not carried out`;
}
