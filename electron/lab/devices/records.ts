import { uptime } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import {
  deviceMeasurementSchema,
  deviceReasonSchema,
  deviceTargetSchema,
} from '../../../shared/contract/devices.ts';
import type { DeviceTarget } from '../../../shared/contract/index.ts';
import { readJson, writeJson } from '../json-file.ts';

/** What is known of a device: how its check ended, or that it is going on, or that it crashed in use. */
export const deviceRecordSchema = deviceTargetSchema.extend({
  /** Library, version of Graft, adapters and drivers it was checked with; with others it is asked again. */
  key: z.string(),
  outcome: z.enum(['checking', 'passed', 'failed', 'crashed']),
  reason: deviceReasonSchema.nullable(),
  measurement: deviceMeasurementSchema.nullable(),
  at: z.iso.datetime(),
  /** The process that checks it, while it does. */
  pid: z.number().int().nullable(),
  /** Whether the user knows how it ended. */
  told: z.boolean(),
});
export type DeviceRecord = z.infer<typeof deviceRecordSchema>;

const fileSchema = z.object({ version: z.literal(1), records: z.array(deviceRecordSchema) });

const fileOf = (dataDir: string) => join(dataDir, 'devices.json');

export const sameDevice = (a: DeviceTarget, b: DeviceTarget): boolean =>
  a.backend === b.backend && a.device === b.device;

/**
 * What is known of the devices, one record each. A check that is marked as going on, but whose process is gone,
 * may have taken that process, or the whole computer, down: it counts as a crash.
 */
export function readRecords(dataDir: string): DeviceRecord[] {
  const { records } = readJson(fileOf(dataDir), fileSchema, { version: 1, records: [] });
  return records.map((record) => (isAbandoned(record) ? crashed(record, 'unfinished') : record));
}

/** Stores a record in place of the device's earlier one. Written beside and renamed. */
export function keepRecord(dataDir: string, record: DeviceRecord): void {
  const others = readRecords(dataDir).filter((other) => !sameDevice(other, record));
  writeJson(fileOf(dataDir), { version: 1, records: [...others, record] });
}

/** Takes a device's record away, as if it had never been checked. */
export function dropRecord(dataDir: string, device: DeviceTarget): void {
  const records = readRecords(dataDir).filter((other) => !sameDevice(other, device));
  writeJson(fileOf(dataDir), { version: 1, records });
}

/** The record of a device whose process died. */
export function crashed(
  record: Pick<DeviceRecord, 'backend' | 'device' | 'key' | 'measurement'>,
  code: 'unfinished' | 'crashed-check' | 'crashed-use',
): DeviceRecord {
  const { backend, device, key, measurement } = record;
  const at = new Date().toISOString();
  const reason = { code, params: {} };
  return { backend, device, key, measurement, outcome: 'crashed', reason, at, pid: null, told: false };
}

function isAbandoned({ outcome, pid, at }: DeviceRecord): boolean {
  if (outcome !== 'checking') return false;
  const startedAt = Date.now() - uptime() * 1000;
  return pid === null || Date.parse(at) < startedAt || !isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
