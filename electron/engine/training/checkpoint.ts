import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cast, tensor } from '@tensorflow/tfjs-core';
import type { Optimizer, Tensor as TfTensor, Variable } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { GraftError } from '../../../shared/errors.ts';
import { readSafetensors, writeSafetensors } from '../tensors/safetensors.ts';
import type { Tensor } from '../tensors/safetensors.ts';
import { writeBeside } from '../tensors/write-beside.ts';

/**
 * What a run needs to go on as if nothing had happened: how far it is, its weights, the optimizer's slots and
 * the state of every random generator. The order of items depends on seed and epoch alone and needs no state.
 */
const progressSchema = z.object({
  version: z.literal(1),
  /** Name of the tensors file this state belongs to: both change together. */
  tensors: z.string(),
  /** Stage under way and epochs of it completed. */
  stage: z.number().int(),
  stageEpochs: z.number().int(),
  /** Epochs completed over all stages. */
  epochs: z.number().int(),
  best: z.object({ epoch: z.number().int(), loss: z.number() }).nullable(),
  /** Epochs since the best one, for early stopping. */
  waited: z.number().int(),
  /** How often a plateau has lowered this stage's rate. */
  drops: z.number().int(),
  dropouts: z.array(z.number().int()),
  slots: z.array(z.string()),
});
export type CheckpointProgress = Omit<z.infer<typeof progressSchema>, 'version' | 'tensors' | 'slots'>;

interface NamedTensor {
  name: string;
  tensor: TfTensor;
}

export interface Checkpoint {
  progress: CheckpointProgress;
  /** `net/<name>`, `best/<name>`. */
  tensors: Map<string, Tensor>;
  slots: NamedTensor[];
}

const stateFile = 'state.json';
const tensorFiles = ['tensors-0.safetensors', 'tensors-1.safetensors'] as const;

/** Values of the optimizer that `getWeights` leaves out and recomputes with other rounding. */
const accumulators = ['accBeta1', 'accBeta2'] as const;
type Accumulated = Partial<Record<(typeof accumulators)[number], Variable>>;

export async function saveCheckpoint(
  dir: string,
  progress: CheckpointProgress,
  tensors: ReadonlyMap<string, Tensor>,
  optimizers: readonly Optimizer[],
): Promise<void> {
  const slots = new Map<string, Tensor>();
  for (const [index, optimizer] of optimizers.entries()) await addState(slots, optimizer, index);
  // Two files take turns, so that the one the state names is left alone until the state names the other.
  const file = (await readState(dir))?.tensors === tensorFiles[0] ? tensorFiles[1] : tensorFiles[0];
  await writeSafetensors(join(dir, file), new Map([...tensors, ...slots]), { format: 'graft-checkpoint' });
  const state = { version: 1, tensors: file, ...progress, slots: [...slots.keys()] };
  await writeBeside(join(dir, stateFile), JSON.stringify(state));
}

async function addState(slots: Map<string, Tensor>, optimizer: Optimizer, index: number): Promise<void> {
  const add = (name: string, value: { shape: number[]; dataSync(): ArrayLike<number> }) =>
    slots.set(`optimizer/${index}/${name}`, {
      shape: [...value.shape],
      dtype: 'F32',
      data: Float32Array.from(value.dataSync()),
    });
  const weights = await optimizer.getWeights();
  weights.forEach(({ tensor: value }, slot) => add(`slot/${slot}`, value));
  for (const name of accumulators) {
    const value = (optimizer as Accumulated)[name];
    if (value) add(`accumulator/${name}`, value);
  }
}

/** The run's checkpoint, or null when it has none. @throws GraftError `checkpoint.damaged` */
export async function loadCheckpoint(dir: string): Promise<Checkpoint | null> {
  try {
    const state = await readState(dir);
    if (!state) return null;
    const { tensors: file, version: _version, slots, ...progress } = state;
    const { tensors } = await readSafetensors(join(dir, file));
    return { progress, tensors, slots: slots.map((name) => ({ name, tensor: asTensor(tensors, name) })) };
  } catch (cause) {
    throw new GraftError('checkpoint.damaged', { path: dir }, { cause });
  }
}

async function readState(dir: string): Promise<z.infer<typeof progressSchema> | null> {
  const text = await readFile(join(dir, stateFile), 'utf8').catch(() => null);
  return text === null ? null : progressSchema.parse(JSON.parse(text));
}

function asTensor(tensors: ReadonlyMap<string, Tensor>, name: string): TfTensor {
  const stored = tensors.get(name);
  if (!stored) throw new Error(`${name} is not in the checkpoint`);
  return tensor(stored.data as Float32Array, [...stored.shape], 'float32');
}

/** Gives optimizers, made anew over the same variables, the state they had. */
export async function restoreOptimizers(
  optimizers: readonly Optimizer[],
  slots: readonly NamedTensor[],
): Promise<void> {
  for (const [index, optimizer] of optimizers.entries()) {
    const prefix = `optimizer/${index}/`;
    const own = slots.flatMap(({ name, tensor: value }) =>
      name.startsWith(prefix) ? [{ name: name.slice(prefix.length), tensor: value }] : [],
    );
    await restoreOptimizer(optimizer, own);
  }
}

async function restoreOptimizer(optimizer: Optimizer, slots: readonly NamedTensor[]): Promise<void> {
  const [iterations, ...rest] = slots.filter(({ name }) => name.startsWith('slot/'));
  if (!iterations) return;
  await optimizer.setWeights([{ name: 'iter', tensor: cast(iterations.tensor, 'int32') }, ...rest]);
  for (const { name, tensor: value } of slots) {
    const accumulator = accumulators.find((field) => name === `accumulator/${field}`);
    if (accumulator) (optimizer as Accumulated)[accumulator]?.assign(value);
  }
}

export async function removeCheckpoint(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
}
