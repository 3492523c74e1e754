import { createEngineClient } from '../engine/client.ts';
import { forkEngine } from '../engine/child-process.ts';
import type { EngineWork } from '../engine/environment.ts';
import type { StartEngineProcess } from '../engine/child-process.ts';
import { createLab } from '../lab/lab.ts';
import { readAdapters } from '../lab/devices/adapters.ts';
import type { Lab, LabOptions } from '../lab/lab.ts';
import { printWithBrowser } from './print-pdf.ts';
import { appVersion, dataDir, engineFile, network } from './places.ts';

export interface OpenLabOptions extends Pick<LabOptions, 'host' | 'pick' | 'printPdf'> {
  /** How an engine process is started; a fork where left out. */
  start?: StartEngineProcess;
}

/** The lab with its two engine processes: one to compute, one to look at files meanwhile. */
export function openLab({
  host,
  pick,
  printPdf = printWithBrowser,
  start = forkEngine,
}: OpenLabOptions): Lab {
  const engine = (work: EngineWork) => createEngineClient({ entry: engineFile, start, work });
  return createLab({
    dataDir: dataDir(),
    version: appVersion,
    host,
    pick,
    printPdf,
    ...network(),
    engines: { compute: engine('compute'), media: engine('media') },
    deviceChecks: {
      // Not started again: its death is what the check wants to know.
      start: () => createEngineClient({ entry: engineFile, start, mostDeaths: 1 }),
      readAdapters,
    },
  });
}
