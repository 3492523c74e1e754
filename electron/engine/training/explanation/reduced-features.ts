import { matMul, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { z } from 'zod';
import type { EngineMethods, EngineResult } from '../../protocol.ts';
import type { RunControl } from '../control.ts';
import { itemFeatures } from '../inference/predict.ts';
import { principalSubspace } from '../suggestions/principal-subspace.ts';

/**
 * What a run's network sees of each item, in the few directions in which items differ most.
 * @throws GraftError `model.*` when the run has no usable model, `cancelled`
 */
export async function reducedFeatures(
  dir: string,
  { items, columns: wanted, seed }: z.output<EngineMethods['reduceFeatures']['params']>,
  control: RunControl,
  onProgress: (done: number, total: number) => void,
): Promise<EngineResult<'reduceFeatures'>> {
  const { ids, values, columns: width } = await itemFeatures(dir, items, control, onProgress);
  const columns = Math.min(wanted, width, ids.length);
  const found = Int32Array.from(ids);
  if (columns === 0) return { ids: found, columns, features: new Float32Array() };
  const centred = centredColumns(values, width);
  const basis = principalSubspace(centred, width, columns, seed);
  const turned = tidy(() =>
    matMul(tensor2d(centred, [ids.length, width]), tensor2d(basis, [columns, width]), false, true),
  );
  const features = turned.dataSync<'float32'>().slice();
  turned.dispose();
  return { ids: found, columns, features };
}

function centredColumns(values: Float32Array, width: number): Float32Array {
  const rows = values.length / width;
  const means = new Float64Array(width);
  for (let at = 0; at < values.length; at++) means[at % width]! += values[at]! / rows;
  return values.map((value, at) => value - means[at % width]!);
}
