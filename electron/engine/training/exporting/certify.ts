import { performance } from 'node:perf_hooks';
import { tensor4d } from '@tensorflow/tfjs-core';
import { EXPORT_AGREEMENT, EXPORT_TOLERANCE } from '../../../../shared/contract/documents/exports.ts';
import type { Certificate } from '../../../../shared/contract/documents/exports.ts';
import { decodeMany } from '../../data/decode.ts';
import { openedGraph } from '../../weights/graphs/frozen-graph.ts';
import type { RunControl } from '../control.ts';
import { probabilities } from '../network/network.ts';
import type { Network } from '../network/network.ts';
import type { ExportedModel } from './exporter.ts';

export type Verdict = Pick<
  Certificate,
  'checked' | 'agreement' | 'largestDifference' | 'msPerImage' | 'agrees'
>;

const batch = 16;

/**
 * Asks an exported model and the network it came from about the same pictures, one by one and in batches.
 * Pictures that cannot be read are passed over.
 */
export async function certify(
  network: Network,
  temperature: number,
  exported: ExportedModel,
  paths: readonly string[],
  control: RunControl,
  onProgress: (done: number, total: number) => void,
): Promise<Verdict> {
  const { size, resize: mode } = network.spec.input;
  const width = size * size * 3;
  const tally = { checked: 0, same: 0, largest: 0, ms: [] as number[] };
  for (let start = 0; start < paths.length; start += batch) {
    await control.yield();
    const part = paths.slice(start, start + batch);
    const { pixels, failures } = await decodeMany(part, { size, mode, signal: control.signal });
    const unread = new Set(failures.map(({ index }) => index));
    const images = Float32Array.from(pixels);
    const expected = reference(network, temperature, images, part.length);
    const classes = network.spec.classes.length;
    part.forEach((_, row) => {
      if (unread.has(row)) return;
      const began = performance.now();
      const received = exported.run(images.subarray(row * width, (row + 1) * width));
      tally.ms.push(performance.now() - began);
      const wanted = expected.subarray(row * classes, (row + 1) * classes);
      tally.checked++;
      if (largestIndex(wanted) === largestIndex(received)) tally.same++;
      tally.largest = Math.max(tally.largest, difference(wanted, received));
    });
    onProgress(Math.min(start + batch, paths.length), paths.length);
  }
  return verdict(tally);
}

function verdict(tally: { checked: number; same: number; largest: number; ms: number[] }): Verdict {
  const { checked, same, largest, ms } = tally;
  if (checked === 0)
    return { checked, agreement: null, largestDifference: null, msPerImage: null, agrees: null };
  const agreement = same / checked;
  // The first picture waits for memory and caches; a program that goes on does not.
  const timed = (ms.length > 1 ? ms.slice(1) : ms).toSorted((a, b) => a - b);
  return {
    checked,
    agreement,
    largestDifference: largest,
    msPerImage: timed[Math.floor(timed.length / 2)] ?? null,
    agrees: agreement >= EXPORT_AGREEMENT && largest <= EXPORT_TOLERANCE,
  };
}

/**
 * Probabilities `[count, classes]` of the network itself. The temperature is put on them afterwards, another way than
 * exports have it inside: softmax(log p / temperature).
 */
function reference(network: Network, temperature: number, images: Float32Array, count: number): Float32Array {
  const { size } = network.spec.input;
  const width = size * size * 3;
  const classes = network.spec.classes.length;
  const atOnce = takesOne(network) ? 1 : count;
  const all = new Float32Array(count * classes);
  for (let start = 0; start < count; start += atOnce) {
    const input = tensor4d(images.subarray(start * width, (start + atOnce) * width), [atOnce, size, size, 3]);
    const output = probabilities(network, input);
    all.set(output.dataSync<'float32'>(), start * classes);
    input.dispose();
    output.dispose();
  }
  if (temperature !== 1)
    for (let row = 0; row < count; row++) temper(all, row * classes, classes, temperature);
  return all;
}

function temper(values: Float32Array, start: number, count: number, temperature: number): void {
  const row = values.subarray(start, start + count);
  const top = Math.log(Math.max(...row));
  const powers = row.map((p) => Math.exp((Math.log(p) - top) / temperature));
  const sum = powers.reduce((total, power) => total + power, 0);
  row.set(powers.map((power) => power / sum));
}

/** Whether a network takes one picture at a time: some imported ones do. */
const takesOne = ({ body, graphFile }: Network): boolean =>
  graphFile !== null && openedGraph(body).facts.batch === 'one';

const largestIndex = (values: Float32Array): number => values.indexOf(Math.max(...values));

/** Infinite where one of the two is not a number: nothing compares with that. */
function difference(expected: Float32Array, received: Float32Array): number {
  return expected.reduce((largest, value, index) => {
    const apart = Math.abs(value - (received[index] ?? NaN));
    return Number.isNaN(apart) ? Infinity : Math.max(largest, apart);
  }, 0);
}
