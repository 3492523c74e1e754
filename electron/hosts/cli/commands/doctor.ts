import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { AppInfo, Devices, LabClient } from '../../../../shared/contract/index.ts';
import { appRoot, rendererDir } from '../../places.ts';
import { list, megabytes, note, table } from '../output.ts';
import type { Outcome } from '../output.ts';
import { describeDevices } from '../device-table.ts';
import { SHORT_ID } from '../recipe.ts';
import { languageOfTerminal } from '../terminal-language.ts';
import { withLab } from '../with-lab.ts';

export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('say what Graft found on this computer, and what it could not use and why')
    .option('--json', 'print one JSON document')
    .option('--recheck', 'check every device again, also those that failed or crashed')
    .action((options: { json?: boolean; recheck?: boolean }) =>
      withLab(options, (lab) => doctor(lab, options.recheck ?? false)),
    );
}

async function doctor(lab: LabClient, recheck: boolean): Promise<Outcome> {
  // Listing the zoo needs the engine up, so its state is known afterwards.
  const zoo = await lab.call('zoo.list', {});
  const app = await engineReady(lab);
  const devices = await checkDevices(lab, recheck);
  const value = {
    version: app.version,
    node: app.node,
    platform: `${app.platform} ${app.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory: totalmem(),
    engine: app.engine,
    devices,
    dataDir: folder(app.dataDir),
    home: folder(app.home),
    interfaceBuilt: existsSync(join(rendererDir, 'index.html')),
    electron: existsSync(join(appRoot, 'node_modules', 'electron', 'path.txt')),
    weights: zoo.flatMap(({ installed }) =>
      installed.map(({ id, arch, alpha, source }) => ({ id, arch, alpha, source })),
    ),
  };
  return { value, text: describe(value) };
}

/** Asks first whether there is anything to check: a check takes seconds, and says so. */
async function checkDevices(lab: LabClient, again: boolean): Promise<Devices> {
  const stop = lab.on('devices.changed', ({ devices }) => {
    for (const { device, state } of devices) if (state === 'checking') note(`Checking ${device} …`);
  });
  const devices = await lab.call('devices.check', { again });
  stop();
  // Whoever reads the doctor's report has been told.
  return devices.news.length > 0 ? { ...(await lab.call('devices.seen', {})), news: devices.news } : devices;
}

/** The state of the engine once it is settled: ready, or given up. */
async function engineReady(lab: LabClient): Promise<AppInfo> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      lab.call('app.info', {}).then((info) => {
        if (info.engine.state === 'ready' || info.engine.state === 'failed') resolve(info);
      }, reject);
    };
    lab.on('engine.changed', look);
    look();
  });
}

interface Folder {
  path: string;
  writable: boolean;
  /** Bytes free on its disk. */
  free: number;
}

function folder(path: string): Folder {
  const there = nearestExisting(path);
  const { bavail, bsize } = statfsSync(there);
  return { path, writable: isWritable(there), free: bavail * bsize };
}

function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

interface Findings {
  version: string;
  node: string;
  platform: string;
  cpu: string;
  cores: number;
  memory: number;
  engine: AppInfo['engine'];
  devices: Devices;
  dataDir: Folder;
  home: Folder;
  interfaceBuilt: boolean;
  electron: boolean;
  weights: { id: string; arch: string; alpha: number; source: string }[];
}

function describe(found: Findings): string {
  const place = ({ path, writable, free }: Folder): string =>
    `${path} (${writable ? 'writable' : 'NOT writable'}, ${megabytes(free)} free)`;
  const { engine, weights } = found;
  return [
    list({
      Graft: found.version,
      Node: found.node,
      System: found.platform,
      Processor: `${found.cpu}, ${found.cores} cores`,
      Memory: megabytes(found.memory),
      Engine: `${engine.state}: ${engine.backend}, ${engine.label}`,
      'Data folder': place(found.dataDir),
      'Home folder': place(found.home),
      Interface: found.interfaceBuilt ? 'built' : 'not built yet (npm start builds it)',
      Electron: found.electron ? 'installed' : 'not fetched (Graft opens in the browser)',
    }),
    describeDevices(found.devices, languageOfTerminal()),
    weights.length === 0
      ? 'No pretrained weights in the library yet: graft zoo import <file>'
      : table(
          ['Weights', 'Backbone', 'Width', 'From'],
          weights.map(({ id, arch, alpha, source }) => [id.slice(0, SHORT_ID), arch, alpha, source]),
        ),
  ].join('\n');
}
