import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const program = join(import.meta.dirname, '../../out/main/cli.js');

export interface Host {
  /** Opens Graft once. */
  address: string;
  pid: number;
  /** Ends the host in order and waits until it is gone. */
  stop(): Promise<void>;
}

export function temporaryFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `graft-${name}-`));
}

/** Starts the built local host with a home of its own and waits for its address. */
export async function startHost(home: string, env: Record<string, string> = {}): Promise<Host> {
  const child = spawn(process.execPath, [program, 'serve'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, HOME: home, USERPROFILE: home, GRAFT_DATA_DIR: join(home, 'data'), ...env },
  });
  const address = await firstLine(child);
  return { address, pid: child.pid!, stop: () => stop(child) };
}

async function firstLine(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout! });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The host ended with code ${code} before it gave an address`);
  });
  const line = await Promise.race([once(lines, 'line').then(([text]) => String(text)), ended]);
  ended.catch(() => undefined);
  return line;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
