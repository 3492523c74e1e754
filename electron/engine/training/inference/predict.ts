import { dispose, tensor4d } from '@tensorflow/tfjs-core';
import { bake, unbake } from '../../backend/index.ts';
import { decodeEach, decodeFile } from '../../data/decode.ts';
import { ImageError } from '../../data/formats/image-error.ts';
import { imageFileOf, readImageFile } from '../../data/formats/open-image.ts';
import type { DatasetItem, StoredPredictions } from '../../protocol.ts';
import type { RunControl } from '../control.ts';
import { loadNetwork } from '../network/model-store.ts';
import { judge, networkTensors } from '../network/network.ts';
import type { Network } from '../network/network.ts';

/** Rows of one forward pass: few sizes, so that few are compiled. */
const batchSizes = [1, 8, 32] as const;
const largestBatch = 32;

const rowsFor = (count: number): number => batchSizes.find((rows) => rows >= count) ?? largestBatch;

/** The model used last, ready to predict: people look at several pictures in a row. */
let ready: { dir: string; network: Network } | null = null;

async function openNetwork(dir: string): Promise<Network> {
  if (ready?.dir === dir) return ready.network;
  closeNetwork();
  const network = await loadNetwork(dir);
  bake(weightsOf(network));
  ready = { dir, network };
  return network;
}

/** Lets go of the model kept for predicting; its folder may be deleted after that. */
function closeNetwork(): void {
  if (!ready) return;
  unbake(weightsOf(ready.network));
  ready.network.body.dispose();
  ready.network.head.dispose();
  ready = null;
}

const weightsOf = (network: Network) => networkTensors(network).map(({ variable }) => variable.read());

/** Predicts items with the model in a run's folder. */
export async function predictItems(
  dir: string,
  items: DatasetItem[],
  control: RunControl,
  onProgress: (done: number, total: number) => void,
): Promise<StoredPredictions> {
  const ids: number[] = [];
  const parts: Float32Array[] = [];
  const keep = (id: number, row: JudgedRow) => {
    ids.push(id);
    parts.push(row.probabilities);
  };
  const { failed, classes } = await judgeItems(dir, items, control, onProgress, keep);
  return { ids, probabilities: joined(parts, classes), failed };
}

/** Features of items, `[rows, columns]`: what the model in a run's folder sees of each that can be read, `ids` in that order. */
export async function itemFeatures(
  dir: string,
  items: DatasetItem[],
  control: RunControl,
  onProgress: (done: number, total: number) => void,
): Promise<{ ids: number[]; values: Float32Array; rows: number; columns: number }> {
  const ids: number[] = [];
  const parts: Float32Array[] = [];
  await judgeItems(dir, items, control, onProgress, (id, { features }) => {
    ids.push(id);
    parts.push(features);
  });
  const columns = parts[0]?.length ?? 0;
  return { ids, values: joined(parts, columns), rows: parts.length, columns };
}

/** Hands over what the model makes of each item that can be read, in their order. */
async function judgeItems(
  dir: string,
  items: DatasetItem[],
  control: RunControl,
  onProgress: (done: number, total: number) => void,
  onRow: (id: number, row: JudgedRow) => void,
): Promise<{ failed: StoredPredictions['failed']; classes: number }> {
  const network = await openNetwork(dir);
  const { size, resize: mode } = network.spec.input;
  const failed: StoredPredictions['failed'] = [];
  for (let start = 0; start < items.length; start += largestBatch) {
    const batch = items.slice(start, start + largestBatch);
    const pixels = blankBatch(size, rowsFor(batch.length));
    const paths = batch.map(({ path }) => path);
    const failures = await decodeEach(paths, { size, mode, signal: control.signal }, (index, image) =>
      pixels.set(image, index * size * size * 3),
    );
    const rows = await forward(network, pixels, control);
    const reasons = new Map(failures.map(({ index, reason }) => [index, reason]));
    batch.forEach(({ id }, index) => {
      const reason = reasons.get(index);
      if (reason === undefined) onRow(id, rows[index] as JudgedRow);
      else failed.push({ id, reason });
    });
    onProgress(Math.min(start + largestBatch, items.length), items.length);
  }
  return { failed, classes: network.spec.classes.length };
}

function joined(parts: Float32Array[], width: number): Float32Array {
  const all = new Float32Array(parts.length * width);
  parts.forEach((part, row) => all.set(part, row * width));
  return all;
}

/** What the model says of a picture from anywhere, or why it cannot be read. */
export type JudgedImage = JudgedRow | { failed: string };

/** Predicts pictures from anywhere: by path, or by the content of a file. In the order given. */
export async function predictImages(
  dir: string,
  images: { name: string; path?: string; data?: Uint8Array }[],
  control: RunControl,
): Promise<JudgedImage[]> {
  const network = await openNetwork(dir);
  const { size } = network.spec.input;
  const judged: JudgedImage[] = [];
  for (let start = 0; start < images.length; start += largestBatch) {
    const batch = images.slice(start, start + largestBatch);
    const pixels = blankBatch(size, rowsFor(batch.length));
    const reasons = await Promise.all(batch.map((image, index) => decodeInto(network, image, pixels, index)));
    const rows = await forward(network, pixels, control);
    reasons.forEach((reason, index) =>
      judged.push(reason === null ? (rows[index] as JudgedRow) : { failed: reason }),
    );
  }
  return judged;
}

const blankBatch = (size: number, rows: number) => new Float32Array(rows * size * size * 3);

/** Decodes one picture into its row of the batch; returns the reason when there is no picture. */
export async function decodeInto(
  network: Pick<Network, 'spec'>,
  image: { path?: string; data?: Uint8Array },
  pixels: Float32Array,
  row: number,
): Promise<string | null> {
  const { size, resize: mode } = network.spec.input;
  try {
    const file = image.data ? imageFileOf(image.data) : await readImageFile(image.path ?? '');
    pixels.set(await decodeFile(file, { size, mode }), row * size * size * 3);
    return null;
  } catch (error) {
    if (error instanceof ImageError) return error.reason;
    throw error;
  }
}

export interface JudgedRow {
  probabilities: Float32Array;
  features: Float32Array;
}

/** One forward pass over `[rows, size, size, 3]` pixels: what the network makes of each row. */
async function forward(network: Network, pixels: Float32Array, control: RunControl): Promise<JudgedRow[]> {
  await control.yield();
  const { size } = network.spec.input;
  const rows = pixels.length / (size * size * 3);
  const input = tensor4d(pixels, [rows, size, size, 3]);
  const { probabilities, features } = judge(network, input);
  const [said, seen] = [probabilities, features].map((output) => rowsOf(output.dataSync<'float32'>(), rows));
  dispose([input, probabilities, features]);
  return Array.from({ length: rows }, (_, row) => ({
    probabilities: said![row]!,
    features: seen![row]!,
  }));
}

function rowsOf(values: Float32Array, rows: number): Float32Array[] {
  const width = values.length / rows;
  return Array.from({ length: rows }, (_, row) => values.slice(row * width, (row + 1) * width));
}
