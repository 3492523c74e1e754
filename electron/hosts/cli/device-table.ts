import { deviceReasonText } from '../../../shared/device-reasons.ts';
import type { DeviceRow, Devices } from '../../../shared/contract/index.ts';
import type { Language } from '../../../shared/errors.ts';
import { table } from './output.ts';

/** What a person calls a device. The same in every language. */
const names: Readonly<Record<DeviceRow['device'], string>> = {
  cpu: 'CPU',
  webgpu: 'WebGPU',
  dml: 'DirectML',
  coreml: 'CoreML',
  cuda: 'TensorFlow CUDA',
};

/** The devices as a table, a sentence about each, and which of them `auto` takes. */
export function describeDevices({ devices, auto }: Devices, language: Language): string {
  const rows = devices.map((row) => [
    `${row.chosen ? '*' : ' '} ${names[row.device]}`,
    row.adapters.join('; '),
    row.state,
    row.check?.lossDifference?.toExponential(1) ?? '-',
    row.check?.stepMs?.toFixed(1) ?? '-',
    row.speedup === null ? '-' : `${row.speedup.toPrecision(2)}x`,
    row.check?.at.slice(0, 10) ?? '-',
  ]);
  return [
    table(['Device', 'Adapter', 'Check', 'Loss difference', 'Step ms', 'Speed', 'Checked'], rows),
    ...devices.map((row) => `${names[row.device]}: ${deviceReasonText(row.reason, language)}`),
    `auto: ${names[auto.device]}. ${deviceReasonText(auto.reason, language)}`,
  ].join('\n');
}

/** What somebody should know before computing: devices that crashed, and those that only a check would let in. */
export function deviceNews({ devices, news }: Devices): string[] {
  const crashed = news.map(({ device }) => `${names[device]} crashed the engine and is avoided.`);
  const waiting = devices.filter(({ state, software }) => state === 'unchecked' && !software);
  const unchecked = waiting.map(({ device }) => `${names[device]} has not been checked yet.`);
  const lines = [...crashed, ...unchecked];
  return lines.length > 0 ? [...lines, 'graft doctor says more (--recheck checks every device again).'] : [];
}
