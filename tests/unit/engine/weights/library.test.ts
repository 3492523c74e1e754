import '@tensorflow/tfjs-backend-cpu';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setBackend, tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  findWeights,
  importWeights,
  listWeights,
  openLibrary,
  removeWeights,
} from '../../../../electron/engine/weights/library.ts';
import { identify } from '../../../../electron/engine/weights/identify.ts';
import { loadWeights } from '../../../../electron/engine/weights/load.ts';
import { modelTensors } from '../../../../electron/engine/weights/model-tensors.ts';
import { openWeights } from '../../../../electron/engine/weights/open.ts';
import { architecture } from '../../../../electron/engine/zoo/registry.ts';
import { writeHdf5, writeKerasWeights } from './hdf5-writer.ts';

const weights = join(import.meta.dirname, '../../../../../shared/weights');
const small = () => architecture('mobilenet').build({ alpha: 0.25, inputSize: 32, seed: 5 }).model;

let folder: string;
let library: string;
let kerasFile: string;

beforeAll(async () => {
  await setBackend('cpu');
  folder = mkdtempSync(join(tmpdir(), 'graft-library-'));
  library = join(folder, 'library');
  kerasFile = join(folder, 'small.h5');
  await writeKerasWeights(kerasFile, small());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the library', () => {
  it('takes a file in once, under the hash of its tensors', async () => {
    const entry = await importWeights(kerasFile, library);
    expect(entry).toMatchObject({ architecture: 'mobilenet', alpha: 0.25, withTop: false, classes: 0 });
    expect(entry).toMatchObject({
      format: 'keras-h5',
      sourceName: 'small.h5',
      preprocessing: 'tf',
      licence: 'Apache-2.0',
    });
    copyFileSync(kerasFile, join(folder, 'copy.h5'));
    expect((await importWeights(join(folder, 'copy.h5'), library)).hash).toBe(entry.hash);
    expect(readdirSync(library)).toEqual([`${entry.hash}.safetensors`]);
  });

  it('gives back what went in', async () => {
    const { hash } = await importWeights(kerasFile, library);
    const { source } = await openLibrary(library, hash);
    const blank = architecture('mobilenet').build({ alpha: 0.25, inputSize: 32 }).model;
    await loadWeights(blank, source);
    const values = (model: ReturnType<typeof small>) =>
      modelTensors(model).map((row) => [...row.variable.read().dataSync()]);
    expect(values(blank)).toEqual(values(small()));
  });

  it('finds weights by architecture, and lists nothing that is not its own', async () => {
    writeFileSync(join(library, 'notes.txt'), 'mine');
    writeFileSync(join(library, `${'a'.repeat(64)}.safetensors`), 'torn');
    expect(await listWeights(library)).toHaveLength(1);
    expect((await findWeights(library, 'mobilenet'))?.alpha).toBe(0.25);
    expect(await findWeights(library, 'vgg16')).toBeNull();
    expect(await listWeights(join(folder, 'nowhere'))).toEqual([]);
  });

  it('removes weights, and says so when there are none of that hash', async () => {
    const other = join(folder, 'other');
    const { hash } = await importWeights(kerasFile, other);
    await removeWeights(other, hash);
    expect(await listWeights(other)).toEqual([]);
    await expect(openLibrary(other, hash)).rejects.toMatchObject({ code: 'weights.not-in-library' });
    await expect(removeWeights(other, '../../etc/passwd')).rejects.toMatchObject({
      code: 'weights.not-in-library',
    });
  });

  it('leaves nothing behind when a value is not a number', async () => {
    const model = small();
    const [, , broken] = modelTensors(model);
    const values = Float32Array.from(broken?.variable.read().dataSync() ?? []);
    values[3] = NaN;
    broken?.variable.write(tensor(values, broken.shape));
    const path = join(folder, 'nan.h5');
    await writeKerasWeights(path, model);
    const target = join(folder, 'untouched');
    const params = expect.objectContaining({ tensor: broken?.name, value: 'NaN', position: 3 });
    await expect(importWeights(path, target)).rejects.toMatchObject({ code: 'weights.not-finite', params });
    expect(existsSync(target)).toBe(false);
  });
});

describe('identify', () => {
  it('recognises every architecture, with and without a classifier', async () => {
    for (const [id, options] of [
      ['mobilenet', { alpha: 0.5 }],
      ['mobilenet', { alpha: 0.2 }], // Not published: someone's own.
      ['mobilenet_v2', { alpha: 0.35, classes: 7 }],
      ['efficientnet_b0', {}],
      ['densenet121', { classes: 3 }],
    ] as const) {
      const path = join(folder, `${id}.h5`);
      await writeKerasWeights(path, architecture(id).build({ inputSize: 32, ...options }).model);
      const source = await openWeights(path);
      const classes = 'classes' in options ? options.classes : 0;
      expect(identify(source)).toMatchObject({
        architecture: id,
        withTop: classes > 0,
        classes,
        ...('alpha' in options ? options : {}),
      });
      source.close();
    }
  });

  it('names the first tensor that disagrees', async () => {
    const path = join(folder, 'thin.h5');
    await writeHdf5(path, (file) => {
      for (const { name, layer, shape } of modelTensors(small())) {
        const thin = name === 'conv_pw_3/kernel' ? [1, 1, 32, 31] : shape;
        file.dataset(`${layer}/${name}:0`, new Float32Array(thin.reduce((a, b) => a * b, 1)), thin);
      }
    });
    const params = expect.objectContaining({
      tensor: 'conv_pw_3/kernel',
      expected: '[1, 1, 32, 32]',
      received: '[1, 1, 32, 31]',
    });
    await expect(importWeights(path, library)).rejects.toMatchObject({
      code: 'weights.wrong-architecture',
      params,
    });
  });

  it('holds a file against the architecture it is said to be', async () => {
    const params = expect.objectContaining({
      architecture: 'VGG16',
      tensor: 'block1_conv1/kernel',
      received: 'nothing',
    });
    await expect(importWeights(kerasFile, library, 'vgg16')).rejects.toMatchObject({
      code: 'weights.wrong-architecture',
      params,
    });
  });
});

describe.skipIf(!existsSync(weights))('real weight files (needs ../shared/weights)', () => {
  it.each([
    ['mobilenet_2_5_224_tf.rebuilt.h5', { architecture: 'mobilenet', alpha: 0.25, classes: 1000 }],
    ['mobilenet_2_5_224_tf_no_top.rebuilt.h5', { architecture: 'mobilenet', alpha: 0.25, classes: 0 }],
    ['mobilenet_v2_1.0_224.dequantized.h5', { architecture: 'mobilenet_v2', alpha: 1, classes: 1000 }],
    [
      'mobilenet_v1_0.25_224_tfjs',
      { architecture: 'mobilenet', alpha: 0.25, classes: 1000, format: 'tfjs-layers' },
    ],
  ])('%s', async (name, identity) => {
    expect(await importWeights(join(weights, name), join(folder, `real-${name}`))).toMatchObject(identity);
  });

  it('gives the same hash for the same tensors in two formats', async () => {
    const [h5, tfjs] = await Promise.all(
      ['mobilenet_2_5_224_tf.rebuilt.h5', 'mobilenet_v1_0.25_224_tfjs'].map((name, index) =>
        importWeights(join(weights, name), join(folder, `twice-${index}`)),
      ),
    );
    expect(h5?.hash).toBe(tfjs?.hash);
    expect(tfjs?.sourceSha256).toBe('eb49857447f6089e7e392f7991f3f4fdce1936efaf83d535f5eb8aaba9538e0b');
  });

  it.each(['yamnet.dequantized.h5', 'squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5'])(
    'says that Graft does not have the architecture of %s',
    async (name) => {
      await expect(importWeights(join(weights, name), library)).rejects.toMatchObject({
        code: 'weights.unknown-architecture',
      });
    },
  );
});
