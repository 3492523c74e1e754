import type { DeviceMeasurement, Devices, DeviceTarget } from '../../../shared/contract/index.ts';
import { deviceTargetSchema } from '../../../shared/contract/devices.ts';
import { toGraftError, type GraftError } from '../../../shared/errors.ts';
import type { DeviceReason } from '../../../shared/device-reasons.ts';
import type { Engine, EngineResult } from '../../engine/protocol.ts';
import type { HandlersOf, LabOptions } from '../context.ts';
import type { EventBus } from '../event-bus.ts';
import type { Adapter } from './adapters.ts';
import { listCandidates, type Candidate } from './candidates.ts';
import { checkKey, isCheckable, surveyDevices, wantsCheck, type Knowledge } from './choice.ts';
import { crashed, dropRecord, keepRecord, readRecords, sameDevice, type DeviceRecord } from './records.ts';

/** A check that takes longer, in seconds, hangs. A software adapter under load took one minute. */
const CHECK_SECONDS = 240;
const CPU: DeviceTarget = { backend: 'onnxruntime', device: 'cpu' };

/** How a lab checks devices; left out where nothing but the CPU is wanted. */
export interface DeviceChecks {
  /** Starts an engine process for one check: a driver that crashes it must not take the user's engine down. */
  start(): Engine;
  readAdapters(): Promise<Adapter[] | null>;
}

interface Surroundings {
  options: Pick<LabOptions, 'dataDir' | 'version' | 'host' | 'deviceChecks'>;
  compute: Engine;
  events: EventBus;
  /** Called with what the engine says of itself after it was given a device. */
  heard(facts: EngineResult<'info'>): void;
}

/**
 * What the engine may compute on: keeps the results of checks, tells the engine what `auto` means, has devices
 * checked that never were, and remembers those that crashed.
 */
export class DeviceService {
  /** Fulfilled once the engine has been told what `auto` means; later requests find it so. */
  readonly settled: Promise<void>;
  readonly #around: Surroundings;
  readonly #candidates: Candidate[];
  #adapters: Adapter[] | null = [];
  /** What the engine process takes for `auto`. */
  #given: DeviceTarget = CPU;
  /** What a call under way asked for by name. */
  #asked: DeviceTarget | null = null;
  #checks: Promise<void> | null = null;
  #checker: Engine | null = null;
  #closed = false;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#candidates = around.options.deviceChecks ? listCandidates() : [];
    around.compute.onState((state) => this.#watch(state));
    this.settled = this.#look();
    // The terminal's commands are short; its `doctor` and the other hosts have time for a check.
    if (around.options.host !== 'terminal') void this.settled.then(() => this.#checkInBackground());
  }

  survey(): Devices {
    return surveyDevices(this.#known());
  }

  /** Checks the devices that never were, or with `again` all that can be. One device at a time. */
  async check(again: boolean): Promise<Devices> {
    await this.settled;
    while (this.#checks) await this.#checks;
    const wanted = this.#candidates.filter((candidate) =>
      again ? isCheckable(candidate, this.#known()) : wantsCheck(candidate, this.#known()),
    );
    this.#checks = this.#checkAll(wanted).finally(() => (this.#checks = null));
    await this.#checks;
    return this.survey();
  }

  /** The user knows of the devices that crashed. */
  seen(): Devices {
    const { dataDir } = this.#around.options;
    for (const record of readRecords(dataDir)) {
      if (record.outcome === 'crashed' && !record.told) keepRecord(dataDir, { ...record, told: true });
    }
    return this.#changed();
  }

  /** Says on which device, named as in a recipe, a call computes until the returned function is called. */
  asked(name: string): () => void {
    const [backend, device = backend === 'tensorflow' ? 'cuda' : 'cpu'] = name.split(':');
    const target = deviceTargetSchema.safeParse({ backend, device });
    this.#asked = target.success ? target.data : name === 'cpu' ? CPU : null;
    return () => (this.#asked = null);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#checker?.close();
    await this.#checks;
  }

  #known(): Knowledge {
    const { dataDir, version } = this.#around.options;
    return {
      candidates: this.#candidates,
      adapters: this.#adapters,
      records: readRecords(dataDir),
      version,
    };
  }

  async #look(): Promise<void> {
    const { deviceChecks } = this.#around.options;
    if (!deviceChecks) return;
    this.#adapters = await deviceChecks.readAdapters();
    if (!this.#closed) this.#changed();
  }

  async #checkInBackground(): Promise<void> {
    await ready(this.#around.compute);
    if (this.#closed) return;
    await this.check(false).catch((error: unknown) => console.error('Checking devices failed:', error));
  }

  /** Tells the engine and the windows what is known now. */
  #changed(): Devices {
    const devices = this.survey();
    this.#give(devices);
    this.#around.events.emit('devices.changed', devices);
    return devices;
  }

  #give({ auto, devices }: Devices): void {
    if (sameDevice(auto, this.#given)) return;
    this.#given = { backend: auto.backend, device: auto.device };
    const adapter = devices.find((row) => sameDevice(row, auto))?.adapters[0];
    this.#around.compute
      .request('useDevice', { ...this.#given, ...(adapter ? { adapter } : {}) })
      .result.then(this.#around.heard)
      // A process that dies now is started again, and is then told again.
      .catch(() => undefined);
  }

  #watch(state: Engine['state']): void {
    if (state === 'lost') this.#rememberCrash(this.#asked ?? this.#given);
    if (state !== 'starting') return;
    this.#given = CPU;
    if (this.#around.options.deviceChecks) this.#give(this.survey());
  }

  #rememberCrash(target: DeviceTarget): void {
    const candidate = this.#candidates.find((one) => sameDevice(one, target));
    if (!candidate) return;
    const { dataDir } = this.#around.options;
    const before = readRecords(dataDir).find((record) => sameDevice(record, target));
    const key = checkKey(candidate, this.#known());
    keepRecord(dataDir, crashed({ ...target, key, measurement: before?.measurement ?? null }, 'crashed-use'));
    // The process is gone; the next one is told when it starts.
    this.#given = CPU;
    this.#changed();
  }

  async #checkAll(candidates: readonly Candidate[]): Promise<void> {
    for (const candidate of candidates) {
      if (!this.#closed) await this.#checkOne(candidate);
    }
  }

  async #checkOne(candidate: Candidate): Promise<void> {
    const { dataDir } = this.#around.options;
    const { backend, device } = candidate;
    const key = checkKey(candidate, this.#known());
    const before = readRecords(dataDir).find((record) => sameDevice(record, candidate));
    const record = { backend, device, key, reason: null, measurement: null, pid: null, told: true };
    keepRecord(dataDir, { ...record, outcome: 'checking', pid: process.pid, at: new Date().toISOString() });
    this.#changed();
    const result = await this.#ask({ backend, device });
    if (result === 'crashed') keepRecord(dataDir, crashed(record, 'crashed-check'));
    else if (result === 'not-begun') restore(dataDir, candidate, before);
    else keepRecord(dataDir, { ...record, ...outcomeOf(result), at: new Date().toISOString() });
    if (!this.#closed) this.#changed();
  }

  async #ask(target: DeviceTarget): Promise<CheckEnd> {
    const checker = this.#around.options.deviceChecks?.start();
    if (!checker) return 'not-begun';
    this.#checker = checker;
    const limit = timeLimit(CHECK_SECONDS * 1000);
    try {
      return await Promise.race([checker.request('checkDevice', target).result, limit.reached]);
    } catch (error) {
      return endOf(toGraftError(error));
    } finally {
      limit.stop();
      this.#checker = null;
      await checker.close();
    }
  }
}

type CheckEnd = DeviceMeasurement | DeviceReason | 'crashed' | 'not-begun';

/** `engine.failed` and `cancelled` mean that the process ended before the device was touched, or on our wish. */
function endOf({ code, message }: GraftError): CheckEnd {
  if (code === 'engine.lost') return 'crashed';
  if (code === 'engine.failed' || code === 'cancelled') return 'not-begun';
  return { code: 'error', params: { detail: message } };
}

function outcomeOf(
  end: DeviceMeasurement | DeviceReason,
): Pick<DeviceRecord, 'outcome' | 'reason' | 'measurement'> {
  if ('code' in end) return { outcome: 'failed', reason: end, measurement: null };
  return { outcome: end.passed ? 'passed' : 'failed', reason: end.reason, measurement: end };
}

function restore(dataDir: string, device: DeviceTarget, before: DeviceRecord | undefined): void {
  if (before) keepRecord(dataDir, before);
  else dropRecord(dataDir, device);
}

function timeLimit(ms: number): { reached: Promise<DeviceReason>; stop(): void } {
  const { promise, resolve } = Promise.withResolvers<DeviceReason>();
  const timer = setTimeout(() => resolve({ code: 'timeout', params: { seconds: ms / 1000 } }), ms);
  return { reached: promise, stop: () => clearTimeout(timer) };
}

/** Waits until an engine is ready or given up. */
function ready(engine: Engine): Promise<void> {
  return new Promise((resolve) => {
    if (engine.state === 'ready' || engine.state === 'failed') return resolve();
    const stop = engine.onState((state) => {
      if (state !== 'ready' && state !== 'failed') return;
      stop();
      resolve();
    });
  });
}

export function deviceHandlers(devices: DeviceService): HandlersOf<'devices'> {
  return {
    async 'devices.list'() {
      await devices.settled;
      return devices.survey();
    },
    'devices.check': ({ again }) => devices.check(again),
    'devices.seen': () => devices.seen(),
  };
}
