import { randomUniform } from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openOnnx, selectBackend } from '../../../../../electron/engine/backend/index.ts';
import { exportOnGraph } from '../../../../../electron/engine/training/exporting/onnx-graph.ts';
import { buildNetwork, probabilities } from '../../../../../electron/engine/training/network/network.ts';
import type { NetworkSpec } from '../../../../../electron/engine/training/network/network.ts';
import { importOnnx } from '../../../../../electron/engine/weights/graphs/graph-import.ts';
import { freshFolder } from '../../../store/a-project.ts';
import { torchNet } from './torch-net.ts';
import type { TorchChanges } from './torch-net.ts';

beforeAll(async () => {
  await selectBackend('onnxruntime');
});

const classes = ['a', 'b', 'c'];
type Mode = NetworkSpec['preprocessing'];

/** A network with a random head on an imported one, and the one ONNX file of it. */
async function exported(changes: TorchChanges, preprocessing: Mode, cut = 'flat') {
  const folder = freshFolder();
  const file = join(folder, 'net.onnx');
  writeFileSync(file, torchNet(changes));
  const entry = await importOnnx(file, join(folder, 'library'), { preprocessing, cut });
  const spec: NetworkSpec = {
    version: 1,
    body: { kind: 'graph', hash: entry.hash },
    input: { size: entry.size, resize: 'stretch' },
    preprocessing,
    head: { pooling: 'flatten', hidden: [6], dropout: 0.5 },
    classes,
  };
  const network = buildNetwork(spec, 3, null, entry.path);
  return { network, bytes: exportOnGraph(network, entry.path, 1, { classes: 'abc' }) };
}

describe('a model on an imported network, exported as one file', () => {
  it.each<[string, TorchChanges, Mode, string, number]>([
    ['any number of pictures', { batch: 'batch' }, 'torch', 'flat', 3],
    ['a feature map, flattened', { batch: 'batch' }, 'tf', 'relu', 2],
    ['one picture at a time', {}, 'unit', 'flat', 1],
    ['colours in the order of Caffe', { batch: 'batch' }, 'caffe', 'flat', 2],
    ['pixels as they are', { batch: 'batch' }, 'none', 'flat', 2],
    [
      'axes in an attribute, as before version 18',
      { batch: 'batch', opset: 17, mean: true },
      'torch',
      'pool',
      2,
    ],
  ])('gives the same: %s', async (_, changes, mode, cut, count) => {
    const { network, bytes } = await exported(changes, mode, cut);
    const images = randomUniform([count, 8, 8, 3], 0, 255, 'float32', 4) as Tensor4D;
    const expected = probabilities(network, images).dataSync<'float32'>();
    const session = openOnnx(bytes, 'joined.onnx');
    const data = images.dataSync<'float32'>();
    const shape = [count, classes.length];
    const result = session.run({ image: { shape: images.shape, data } }, { probabilities: shape });
    session.dispose();
    const difference = expected.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (result['probabilities']?.[i] ?? NaN))),
      0,
    );
    expect(difference).toBeLessThan(1e-6);
  });

  it('is refused where the network is of a version too old to be joined', async () => {
    await expect(exported({ batch: 'batch', opset: 12 }, 'torch')).rejects.toMatchObject({
      code: 'engine.export-unsupported',
      params: { detail: expect.stringContaining('version 12') },
    });
  });
});
