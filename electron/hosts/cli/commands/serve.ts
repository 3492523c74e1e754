import { once } from 'node:events';
import type { Command } from 'commander';
import open from 'open';
import { openLab } from '../../open-lab.ts';
import { rendererDir } from '../../places.ts';
import { startServer } from '../../server/server.ts';
import type { LocalServer } from '../../server/server.ts';
import { note } from '../output.ts';
import { openOrCreateProject } from '../project.ts';
import { usage } from '../usage.ts';

const HIGHEST_PORT = 65_535;

interface ServeOptions {
  port: string;
  open?: boolean;
}

export function serveCommand(program: Command): void {
  program
    .command('serve [dir]')
    .description('serve Graft to a browser on this computer, with a project opened')
    .option('--port <n>', 'port to listen at; 0 is any free one', '0')
    .option('--open', 'open the default browser')
    .action(serve);
}

async function serve(dir: string | undefined, options: ServeOptions): Promise<void> {
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > HIGHEST_PORT)
    throw usage(`--port is a number from 0 to ${HIGHEST_PORT}`);
  const lab = openLab({ host: 'browser' });
  try {
    if (dir) await openOrCreateProject(lab, dir);
    const server = await startServer({ lab, rendererDir, port });
    await announce(server, options.open === true);
    await askedToEnd();
    note('Closing Graft ...');
    await server.close();
  } finally {
    await lab.close();
  }
}

/** The address goes to stdout by itself, for a program that started this one. */
async function announce(server: LocalServer, wantsBrowser: boolean): Promise<void> {
  const address = server.newAddress();
  if (wantsBrowser && hasBrowser()) await open(address).catch(() => undefined);
  note('Graft runs at this address. It opens once; press Enter for a new one, Ctrl+C to end.');
  process.stdout.write(`${address}\n`);
  if (!process.stdin.isTTY) return;
  process.stdin.on('data', () => process.stdout.write(`${server.newAddress()}\n`));
}

function hasBrowser(): boolean {
  if (process.env.CI) return false;
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
}

async function askedToEnd(): Promise<void> {
  await Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
  process.stdin.unref?.();
}
