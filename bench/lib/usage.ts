/** What processes use, from Linux's own accounting; undefined where there is none. */
import { readFileSync, readdirSync } from 'node:fs';
import type { Platform } from '../../infra/embedded/platform.ts';
import { serviceNames } from '../../infra/embedded/names.ts';

const TICKS_PER_SECOND = 100;

/** Milliseconds of CPU that each process of the platform has used so far; all of PostgreSQL counts as one. */
export async function cpuTimesMs(platform: Platform): Promise<Record<string, number> | undefined> {
  if (process.platform !== 'linux') return undefined;
  const postmaster = await platform.postmasterPid();
  const services = serviceNames.map(
    (name) => [name, ownMs(platform.processes[name].pid())] as const,
  );
  return Object.fromEntries([...services, ['postgres', familyMs(postmaster)]]);
}

/** Proportional set size in MiB: memory that processes share is divided among them, so the sum is what is used. */
export async function memoryMiB(platform: Platform): Promise<Record<string, number> | undefined> {
  if (process.platform !== 'linux') return undefined;
  const services = serviceNames.map(
    (name) => [name, pssMiB(platform.processes[name].pid())] as const,
  );
  const postmaster = await platform.postmasterPid();
  const family = [postmaster, ...childrenOf(postmaster)];
  const postgres = family.reduce<number>((total, pid) => total + pssMiB(pid), 0);
  return Object.fromEntries([...services, ['postgres', postgres]]);
}

function pssMiB(pid: number | undefined): number {
  if (pid === undefined) return 0;
  try {
    const text = readFileSync(`/proc/${String(pid)}/smaps_rollup`, 'utf8');
    return Number(/^Pss: +(\d+) kB/m.exec(text)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function childrenOf(parent: number | undefined): number[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.filter((pid) => stat(pid)?.parent === parent);
}

interface Stat {
  parent: number;
  ownTicks: number;
  endedChildrenTicks: number;
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; the name in brackets may hold spaces. */
function stat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent = 0] = fields.slice(1);
    const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11);
    return { parent, ownTicks: user + system, endedChildrenTicks: childUser + childSystem };
  } catch {
    return undefined;
  }
}

/** Milliseconds of CPU that one process has used so far; 0 where the system does not tell. */
export function ownMs(pid: number | undefined): number {
  return toMs(pid === undefined ? 0 : (stat(pid)?.ownTicks ?? 0));
}

function familyMs(parent: number | undefined): number {
  if (parent === undefined) return 0;
  const own = stat(parent);
  const live = childrenOf(parent).reduce((total, pid) => total + (stat(pid)?.ownTicks ?? 0), 0);
  return toMs((own?.ownTicks ?? 0) + (own?.endedChildrenTicks ?? 0) + live);
}

function toMs(ticks: number): number {
  return (ticks * 1000) / TICKS_PER_SECOND;
}
