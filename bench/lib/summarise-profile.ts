/**
 * What a CPU profile says in a terminal: where the processor was, function by function, without what each called.
 * The format is the profiler's own: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile
 */
import type { Profiler } from 'node:inspector';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export interface SelfTime {
  name: string;
  /** `file:line`, short enough to read; empty for what is no JavaScript. */
  place: string;
  selfMs: number;
  /** Of the time in which the process was not idle. */
  share: number;
}

export interface ProfileSummary {
  seconds: number;
  busyMs: number;
  /** The most expensive first. */
  functions: SelfTime[];
}

export function summariseProfile(profile: Profiler.Profile, root: string): ProfileSummary {
  const { nodes, samples = [], timeDeltas = [], startTime, endTime } = profile;
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const byFunction = new Map<string, { name: string; place: string; selfMs: number }>();
  let busyMs = 0;
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id);
    if (frame === undefined || frame.functionName === '(idle)') continue;
    // A delta lies before its sample, so what the sample saw lasts until the next one.
    const ms = Math.max(0, timeDeltas[index + 1] ?? 0) / 1000;
    const name = frame.functionName === '' ? '(anonymous)' : frame.functionName;
    const place = placeOf(frame, root);
    const entry = byFunction.get(`${name} ${place}`) ?? { name, place, selfMs: 0 };
    entry.selfMs += ms;
    byFunction.set(`${name} ${place}`, entry);
    busyMs += ms;
  }
  const functions = [...byFunction.values()]
    .sort((a, b) => b.selfMs - a.selfMs)
    .map((entry) => ({ ...entry, share: entry.selfMs / busyMs }));
  return { seconds: (endTime - startTime) / 1e6, busyMs, functions };
}

function placeOf(
  { url, lineNumber }: Profiler.Profile['nodes'][number]['callFrame'],
  root: string,
) {
  if (url === '') return '';
  const file = url.startsWith('file:') ? path.relative(root, fileURLToPath(url)) : url;
  // In pnpm's store a package lies under the name and version of its own folder.
  const short = file.replaceAll(path.sep, '/').replace(/^.*node_modules\//, '');
  // The profiler counts from 0, editors from 1.
  return `${short}:${String(lineNumber + 1)}`;
}
