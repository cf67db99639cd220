/**
 * `npm run contracts` says how the event contracts differ from what was released; `npm run contracts -- release`
 * writes packages/contracts/released/ where every difference is compatible, and nothing where one is not. From
 * then on the lint protects the new snapshot, so release in the same commit that publishes the event.
 */
import { allEvents } from '@waymark/contracts/all-events.ts';
import type { EventContract } from '@waymark/contracts/define-event.ts';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  checkContracts,
  readReleased,
  releasedFolder,
  snapshotOf,
  type Findings,
} from './check-contracts.ts';

/** All or nothing: events that changed together are released together. Returns what it found before. */
export function releaseContracts(folder: string, events: readonly EventContract[]): Findings {
  const findings = checkContracts(readReleased(folder), events);
  if (findings.incompatible.length > 0) return findings;
  mkdirSync(folder, { recursive: true });
  for (const contract of events) {
    const text = `${JSON.stringify(snapshotOf(contract), null, 2)}\n`;
    writeFileSync(path.join(folder, `${contract.type}.json`), text);
  }
  return findings;
}

function main(command: string | undefined): number {
  if (command !== undefined && command !== 'release') {
    console.error(`unknown: ${command}; say "npm run contracts" or "npm run contracts -- release"`);
    return 2;
  }
  const { incompatible, unreleased } =
    command === 'release'
      ? releaseContracts(releasedFolder, allEvents)
      : checkContracts(readReleased(releasedFolder), allEvents);
  for (const line of incompatible) console.log(line);
  if (incompatible.length > 0) {
    console.log('Nothing was released: give the changed event a new type (v2) beside the old one.');
    return 1;
  }
  if (command === undefined) for (const line of unreleased) console.log(line);
  const done = command === 'release' ? 'released' : 'to be released';
  console.log(`${String(unreleased.length)} of ${String(allEvents.length)} event types ${done}`);
  return 0;
}

if (import.meta.main) process.exitCode = main(process.argv[2]);
