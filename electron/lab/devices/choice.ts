import type { DeviceReason } from '../../../shared/device-reasons.ts';
import type { DeviceRow, Devices, DeviceTarget } from '../../../shared/contract/index.ts';
import type { Adapter } from './adapters.ts';
import type { Candidate } from './candidates.ts';
import { sameDevice, type DeviceRecord } from './records.ts';

/** What is known of this computer. */
export interface Knowledge {
  candidates: readonly Candidate[];
  /** Null where it could not be told. */
  adapters: readonly Adapter[] | null;
  records: readonly DeviceRecord[];
  /** Of Graft. */
  version: string;
}

const CPU: DeviceTarget = { backend: 'onnxruntime', device: 'cpu' };

/** The adapters that would serve a device; null where it could not be told. */
export function adaptersFor({ device }: DeviceTarget, adapters: readonly Adapter[] | null): Adapter[] | null {
  return adapters?.filter(({ cuda, graphics }) => (device === 'cuda' ? cuda : graphics)) ?? null;
}

/** What a check holds for: another library, version of Graft, adapter or driver asks again. */
export function checkKey(candidate: Candidate, { adapters, version }: Knowledge): string {
  const serving = adaptersFor(candidate, adapters)?.map(({ name, driver }) => `${name} ${driver}`) ?? ['?'];
  return [`graft ${version}`, candidate.library, ...serving].join(' | ');
}

/** The record of a device that still holds. */
export function recordOf(candidate: Candidate, known: Knowledge): DeviceRecord | undefined {
  const key = checkKey(candidate, known);
  return known.records.find((record) => sameDevice(record, candidate) && record.key === key);
}

/** Whether the device computes in software: its adapter says so, or the driver that the check found loaded. */
function isSoftware(serving: readonly Adapter[] | null, record: DeviceRecord | undefined): boolean {
  if (record?.measurement?.softwareDriver) return true;
  return serving !== null && serving.length > 0 && serving.every(({ software }) => software);
}

/** Whether it can be checked at all; then whether that should happen by itself, which software is not worth. */
export function isCheckable(candidate: Candidate, { adapters }: Knowledge): boolean {
  return candidate.installed && adaptersFor(candidate, adapters)?.length !== 0;
}

export function wantsCheck(candidate: Candidate, known: Knowledge): boolean {
  const serving = adaptersFor(candidate, known.adapters);
  return isCheckable(candidate, known) && !recordOf(candidate, known) && !isSoftware(serving, undefined);
}

/** Every device with what is known of it, and which of them `auto` takes. */
export function surveyDevices(known: Knowledge): Devices {
  const rows = known.candidates.map((candidate) => rowOf(candidate, known));
  const fastest = rows
    .filter(({ state, software, speedup }) => state === 'passed' && !software && (speedup ?? 0) > 1)
    .sort((a, b) => (b.speedup ?? 0) - (a.speedup ?? 0))[0];
  const auto: DeviceTarget = fastest ?? CPU;
  const news = known.records.filter(({ outcome, told }) => outcome === 'crashed' && !told);
  return {
    devices: [cpuRow, ...rows].map((row) => ({ ...row, chosen: sameDevice(row, auto) })),
    auto: {
      backend: auto.backend,
      device: auto.device,
      reason: { code: fastest ? 'chosen-fastest' : 'chosen-only', params: {} },
    },
    news: news.map(({ backend, device }) => ({ backend, device })),
  };
}

const cpuRow: DeviceRow = {
  ...CPU,
  adapters: [],
  software: false,
  state: 'reference',
  reason: { code: 'reference', params: {} },
  check: null,
  speedup: 1,
  chosen: false,
};

function rowOf(candidate: Candidate, known: Knowledge): DeviceRow {
  const serving = adaptersFor(candidate, known.adapters);
  const record = recordOf(candidate, known);
  const measured = record?.measurement ?? null;
  const speedup = measured?.stepMs && measured.cpuStepMs ? measured.cpuStepMs / measured.stepMs : null;
  const software = isSoftware(serving, record);
  return {
    backend: candidate.backend,
    device: candidate.device,
    adapters: serving?.map(({ name }) => name) ?? [],
    software,
    ...stateOf(candidate, known, record, speedup, software),
    check: record && measured ? { ...numbersOf(measured), at: record.at } : null,
    speedup,
    chosen: false,
  };
}

const numbersOf = ({
  lossDifference,
  tolerance,
  stepMs,
  cpuStepMs,
}: NonNullable<DeviceRecord['measurement']>) => ({
  lossDifference,
  tolerance,
  stepMs,
  cpuStepMs,
});

const plain = (code: DeviceReason['code']): DeviceReason => ({ code, params: {} });

function stateOf(
  candidate: Candidate,
  known: Knowledge,
  record: DeviceRecord | undefined,
  speedup: number | null,
  software: boolean,
): Pick<DeviceRow, 'state' | 'reason'> {
  if (!candidate.installed) return { state: 'unavailable', reason: plain('not-installed') };
  if (!isCheckable(candidate, known)) return { state: 'unavailable', reason: plain('no-adapter') };
  if (record?.outcome === 'checking') return { state: 'checking', reason: plain('checking') };
  if (record && record.outcome !== 'passed') {
    return { state: record.outcome, reason: record.reason ?? plain('error') };
  }
  const state = record ? 'passed' : 'unchecked';
  if (software) return { state, reason: softwareReason(candidate, known, record) };
  return { state, reason: record ? speedReason(speedup ?? 0) : plain('unchecked') };
}

function softwareReason(
  candidate: Candidate,
  { adapters }: Knowledge,
  record: DeviceRecord | undefined,
): DeviceReason {
  const named = adaptersFor(candidate, adapters)?.[0]?.name ?? '';
  return { code: 'software', params: { adapter: record?.measurement?.softwareDriver ?? named } };
}

function speedReason(speedup: number): DeviceReason {
  return speedup > 1
    ? { code: 'passed', params: { times: speedup.toPrecision(2) } }
    : { code: 'slower', params: { times: (1 / speedup).toPrecision(2) } };
}
