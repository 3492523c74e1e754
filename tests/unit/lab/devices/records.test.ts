import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  crashed,
  dropRecord,
  keepRecord,
  readRecords,
  type DeviceRecord,
} from '../../../../electron/lab/devices/records.ts';
import { freshFolder } from '../../store/a-project.ts';

const checking = (changes: Partial<DeviceRecord> = {}): DeviceRecord => ({
  backend: 'onnxruntime',
  device: 'webgpu',
  key: 'k',
  outcome: 'checking',
  reason: null,
  measurement: null,
  at: new Date().toISOString(),
  pid: process.pid,
  told: true,
  ...changes,
});

/** The id of a process that has ended. */
const endedPid = (): number =>
  Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));

describe('the store of device checks', () => {
  it('keeps one record a device, written beside and renamed', () => {
    const folder = freshFolder();
    keepRecord(folder, checking());
    keepRecord(folder, checking({ device: 'dml' }));
    keepRecord(folder, checking({ outcome: 'failed', pid: null, reason: { code: 'no-cuda', params: {} } }));
    expect(readRecords(folder).map(({ device, outcome }) => [device, outcome])).toEqual([
      ['dml', 'checking'],
      ['webgpu', 'failed'],
    ]);
    expect(readdirSync(folder)).toEqual(['devices.json']);
    dropRecord(folder, checking());
    expect(readRecords(folder).map(({ device }) => device)).toEqual(['dml']);
  });

  it('takes a check whose process is gone for a crash of which the user does not know', () => {
    const folder = freshFolder();
    keepRecord(folder, checking({ pid: endedPid(), told: true }));
    expect(readRecords(folder)).toMatchObject([
      { outcome: 'crashed', reason: { code: 'unfinished' }, told: false },
    ]);
  });

  it('also when the computer was started since, whatever has the process id now', () => {
    const folder = freshFolder();
    keepRecord(folder, checking({ at: '2001-01-01T00:00:00.000Z' }));
    expect(readRecords(folder)[0]?.outcome).toBe('crashed');
  });

  it('leaves a check alone that goes on in a living process', () => {
    const folder = freshFolder();
    keepRecord(folder, checking());
    expect(readRecords(folder)[0]?.outcome).toBe('checking');
  });

  it('starts anew from a damaged file or one of another shape', () => {
    const folder = freshFolder();
    keepRecord(folder, crashed(checking(), 'crashed-check'));
    const path = join(folder, 'devices.json');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.slice(0, text.length / 2));
    expect(readRecords(folder)).toEqual([]);
    writeFileSync(path, text.replace('"crashed"', '"excellent"'));
    expect(readRecords(folder)).toEqual([]);
  });
});
