import { readdirSync, readFileSync } from 'node:fs';

/** MiB that processes and all their children hold: resident, and with shared pages counted once. */
export interface Held {
  resident: number;
  proportional: number;
  /** Proportional memory by what the process is. */
  parts: Record<string, number>;
}

/** Linux alone tells this of other processes without a program of its own. */
export function heldBy(roots: readonly number[]): Held {
  const held: Held = { resident: 0, proportional: 0, parts: {} };
  for (const pid of treeOf(roots)) {
    const facts = read(`/proc/${pid}/smaps_rollup`);
    const proportional = mebibytes(facts, 'Pss');
    held.resident += mebibytes(facts, 'Rss');
    held.proportional += proportional;
    const name = nameOf(pid);
    held.parts[name] = (held.parts[name] ?? 0) + proportional;
  }
  return held;
}

/** The most that `roots` and their children held between `watch` and `stop`, looked at every half second. */
export function watchMemory(roots: readonly number[]): { stop(): Held } {
  let most = heldBy(roots);
  const look = () => {
    const now = heldBy(roots);
    if (now.proportional > most.proportional) most = now;
  };
  const timer = setInterval(look, 500);
  return {
    stop() {
      clearInterval(timer);
      look();
      return most;
    },
  };
}

function treeOf(roots: readonly number[]): number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    // The name in parentheses may hold spaces; the parent is the second field behind it.
    const parent = Number(read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')[1]);
    parents.set(pid, parent);
  }
  const tree = [...roots];
  for (const pid of tree) {
    for (const [child, parent] of parents) if (parent === pid) tree.push(child);
  }
  return tree;
}

function nameOf(pid: number): string {
  const line = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
  if (line.includes('chrom')) return 'browser';
  const script = /([\w-]+)\.(?:js|ts)\b/.exec(line)?.[1];
  return script ?? 'other';
}

function mebibytes(rollup: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(rollup)?.[1] ?? 0) / 1024;
}

/** '' for a process that is gone. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
