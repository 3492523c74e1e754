import type { EngineInfo, Handlers, MethodName } from '../../shared/contract/index.ts';
import type { DeviceChecks, DeviceService } from './devices/devices.ts';
import type { Engine } from '../engine/protocol.ts';
import type { EventBus } from './event-bus.ts';
import type { Jobs } from './jobs.ts';
import type { ProjectKeeper } from './project-keeper.ts';

export interface PickOptions {
  kind: 'folder' | 'files' | 'save';
  title: string;
  extensions: string[];
  suggestedName?: string;
}

export interface LabOptions {
  /** Where settings, recent projects and the weights library live. */
  dataDir: string;
  version: string;
  host: 'electron' | 'browser' | 'terminal';
  /** `compute` trains and predicts; `media` scans, inspects and draws thumbnails meanwhile. */
  engines: { compute: Engine; media: Engine };
  /** Nothing may be fetched, whatever the settings say. */
  offline?: boolean;
  /** Address of a folder to fetch published weights from instead of their publishers; hashes are checked all the same. */
  mirror?: string;
  /** How devices other than the CPU are checked; without it, the CPU computes. */
  deviceChecks?: DeviceChecks;
  /** Shortest pause between two looks at watched folders, in ms; 2 s by default. */
  watchPause?: number;
  /** Prints an HTML file as PDF, where the host can: paths of both. */
  printPdf?: (html: string, pdf: string) => Promise<void>;
  /** The system's file dialog, where the host has one; answers the paths chosen, none when it was closed. */
  pick?: (options: PickOptions) => Promise<string[]>;
}

/** What the services share. */
export interface LabContext {
  options: LabOptions;
  engines: LabOptions['engines'];
  events: EventBus;
  jobs: Jobs;
  projects: ProjectKeeper;
  devices: DeviceService;
  /** The user's weights library. */
  libraryDir: string;
  engineInfo(): EngineInfo;
}

/** The handlers of one domain, e.g. `HandlersOf<'runs'>` for every `runs.*` method. */
export type HandlersOf<Domain extends string> = Pick<Handlers, Extract<MethodName, `${Domain}.${string}`>>;
