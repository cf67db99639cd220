/** What the words of `npm run chaos` mean, and what is wrong with them. */
import { UserError } from '../../infra/embedded/user-error.ts';
import { composeVictims } from './chaos-compose.ts';
import { embeddedVictims } from './chaos-embedded.ts';
import type { Victim } from './chaos-plan.ts';
import { placeOf } from './on-compose.ts';
import { plantNames } from './plant.ts';

export interface ChaosWords {
  on: string;
  orders: string;
  kills: string;
  seed: string;
  victims?: string | undefined;
  plant?: string | undefined;
}

/** Throws UserError. */
export function readChaosOptions(words: ChaosWords) {
  const on = placeOf(words.on);
  const { plant } = words;
  if (plant !== undefined && !plantNames.includes(plant)) {
    throw new UserError(`no such bug to plant; there are ${plantNames.join(', ')}`);
  }
  if (plant !== undefined && on === 'compose') {
    throw new UserError('a bug is planted into processes of this machine only, not into images');
  }
  return {
    on,
    orders: wholeNumber('orders', words.orders, 1),
    kills: wholeNumber('kills', words.kills, 0),
    seed: wholeNumber('seed', words.seed, 0),
    victims: readVictims(words.victims, on === 'compose' ? composeVictims : embeddedVictims),
    plant,
  };
}

function readVictims(text: string | undefined, all: readonly Victim[]): readonly Victim[] {
  if (text === undefined) return all;
  return text.split(',').map((name) => {
    const victim = all.find((candidate) => candidate === name);
    if (victim === undefined)
      throw new UserError(`cannot kill ${name}; there are ${all.join(', ')}`);
    return victim;
  });
}

/** Throws UserError. */
export function wholeNumber(name: string, text: string, minimum: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= minimum) return number;
  throw new UserError(`--${name} must be a whole number from ${String(minimum)}`);
}
