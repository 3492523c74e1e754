import { existsSync } from 'node:fs';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tensor } from '@tensorflow/tfjs-core';
import { GraftError } from '../../../../shared/errors.ts';
import { readSafetensors, writeSafetensors } from '../../tensors/safetensors.ts';
import type { Tensor } from '../../tensors/safetensors.ts';
import { writeBeside } from '../../tensors/write-beside.ts';
import type { ModelTensor } from '../../weights/model-tensors.ts';
import { buildNetwork, networkSpecSchema, networkTensors } from './network.ts';
import type { Network } from './network.ts';

export const weightsFile = 'weights.safetensors';
const specFile = 'model.json';
/** A run that stands on an imported network keeps it, and can be moved and run anywhere. */
const graphFileName = 'backbone.onnx';

/** Values of tensors, copied out of the backend, under `prefix` + name. */
export function valuesOf(tensors: readonly ModelTensor[], prefix = ''): Map<string, Tensor> {
  return new Map(
    tensors.map(({ name, shape, variable }) => {
      const data = Float32Array.from(variable.read().dataSync());
      return [prefix + name, { shape: [...shape], dtype: 'F32', data } satisfies Tensor];
    }),
  );
}

/**
 * Writes stored values into a network's tensors; all of them must be there with the right shape.
 * @throws GraftError `model.incomplete` naming the first tensor that is missing or has another shape
 */
export function assignValues(
  tensors: readonly ModelTensor[],
  values: ReadonlyMap<string, Tensor>,
  path: string,
  prefix = '',
): void {
  for (const { name, shape, variable } of tensors) {
    const stored = values.get(prefix + name);
    if (!stored || stored.shape.join() !== shape.join()) {
      const received = stored ? `[${stored.shape.join(', ')}]` : '-';
      throw new GraftError('model.incomplete', {
        path,
        tensor: name,
        expected: `[${shape.join(', ')}]`,
        received,
      });
    }
    const value = tensor(stored.data as Float32Array, [...shape], 'float32');
    variable.write(value);
    value.dispose();
  }
}

/** Stores a trained network in a run's folder: model.json last, so that where it stands the weights stand too. */
export async function saveNetwork(dir: string, network: Network): Promise<void> {
  await writeSafetensors(join(dir, weightsFile), valuesOf(networkTensors(network)), {
    format: 'graft-network',
  });
  if (network.graphFile !== null) await copyFile(network.graphFile, join(dir, graphFileName));
  await writeBeside(join(dir, specFile), JSON.stringify(network.spec, null, 2));
}

/** @throws GraftError `model.missing` when the run has no model, `model.incomplete`, `safetensors.*` */
export async function loadNetwork(dir: string): Promise<Network> {
  const spec = await loadSpec(dir);
  const network = buildNetwork(spec, 0, null, graphFileOf(spec, dir));
  const path = join(dir, weightsFile);
  const { tensors } = await readSafetensors(path);
  checkGraph(network, tensors);
  assignValues(networkTensors(network), tensors, path);
  return network;
}

/** The run's copy of the imported network that its body is. @throws GraftError model.missing */
export function graphFileOf({ body }: Pick<Network['spec'], 'body'>, dir: string): string | null {
  if (body.kind !== 'graph') return null;
  const path = join(dir, graphFileName);
  if (!existsSync(path)) throw new GraftError('model.missing', { path });
  return path;
}

/** An imported network's one tensor is the hash of its file: it must be the one the run was trained with. */
function checkGraph(network: Network, stored: ReadonlyMap<string, Tensor>): void {
  if (network.graphFile === null) return;
  for (const [name, { data }] of valuesOf(bodyTensors(network))) {
    if (String(stored.get(name)?.data) === String(data)) continue;
    const detail = 'it is not the network that the run was trained with';
    throw new GraftError('weights.damaged', { path: network.graphFile, detail });
  }
}

const bodyTensors = (network: Network) =>
  networkTensors(network).filter(({ name }) => name.startsWith('body/'));

export async function loadSpec(dir: string): Promise<Network['spec']> {
  const path = join(dir, specFile);
  try {
    return networkSpecSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw new GraftError('model.missing', { path: dir }, { cause });
  }
}

/** The body's tensors as stored with a run, for carrying them over to another network. */
export async function loadBody(dir: string, network: Network): Promise<void> {
  const path = join(dir, weightsFile);
  const body = bodyTensors(network);
  const names = body.map(({ name }) => name);
  const { tensors } = await readSafetensors(path, names);
  checkGraph(network, tensors);
  assignValues(body, tensors, path);
}
