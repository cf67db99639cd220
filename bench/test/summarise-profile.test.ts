import { expect, test } from '@jest/globals';
import type { Profiler } from 'node:inspector';
import { pathToFileURL } from 'node:url';
import { summariseProfile } from '../lib/summarise-profile.ts';

const ROOT = '/repository';
const fileUrl = (file: string) => pathToFileURL(`${ROOT}/${file}`).href;

/** Each sample is a node and how many milliseconds it lasted. */
function profileOf(
  frames: Record<number, { functionName: string; url?: string; lineNumber?: number }>,
  samples: [id: number, ms: number][],
): Profiler.Profile {
  const nodes = Object.entries(frames).map(([id, frame]) => ({
    id: Number(id),
    callFrame: { scriptId: '0', url: '', lineNumber: -1, columnNumber: -1, ...frame },
  }));
  const lasted = samples.map(([, ms]) => ms * 1000);
  return {
    nodes,
    startTime: 0,
    endTime: lasted.reduce((sum, us) => sum + us, 0),
    samples: [...samples.map(([id]) => id), 1],
    timeDeltas: [0, ...lasted],
  };
}

const idle = { functionName: '(idle)' };

test('a function is told its own time from all places that call it, the most expensive first', () => {
  const place = {
    functionName: 'place',
    url: fileUrl('services/orders/src/orders.ts'),
    lineNumber: 41,
  };
  const { functions, busyMs } = summariseProfile(
    profileOf({ 1: idle, 2: place, 3: place, 4: { functionName: '(garbage collector)' } }, [
      [4, 10],
      [2, 20],
      [3, 10],
    ]),
    ROOT,
  );
  expect(busyMs).toBe(40);
  expect(functions).toEqual([
    { name: 'place', place: 'services/orders/src/orders.ts:42', selfMs: 30, share: 0.75 },
    { name: '(garbage collector)', place: '', selfMs: 10, share: 0.25 },
  ]);
});

test('idle time counts for the length and not for the shares', () => {
  const work = { functionName: 'work', url: 'node:net', lineNumber: 0 };
  const summary = summariseProfile(
    profileOf({ 1: idle, 2: work }, [
      [1, 900],
      [2, 100],
    ]),
    ROOT,
  );
  expect(summary).toMatchObject({ seconds: 1, busyMs: 100 });
  expect(summary.functions).toEqual([{ name: 'work', place: 'node:net:1', selfMs: 100, share: 1 }]);
});

test('two nameless functions of one file are two, and a package goes by its name', () => {
  const url = fileUrl('node_modules/.pnpm/pg@8.0.0/node_modules/pg/lib/client.js');
  const { functions } = summariseProfile(
    profileOf(
      {
        1: idle,
        2: { functionName: '', url, lineNumber: 1 },
        3: { functionName: '', url, lineNumber: 2 },
      },
      [
        [2, 30],
        [3, 10],
      ],
    ),
    ROOT,
  );
  expect(functions.map(({ name, place }) => `${name} ${place}`)).toEqual([
    '(anonymous) pg/lib/client.js:2',
    '(anonymous) pg/lib/client.js:3',
  ]);
});

test('a process that was idle throughout has no functions', () => {
  expect(summariseProfile(profileOf({ 1: idle }, [[1, 100]]), ROOT).functions).toEqual([]);
});
