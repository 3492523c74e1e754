import { tensor4d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Recipe } from '../../../../shared/recipe/recipe.ts';
import { bake, unbake } from '../../backend/index.ts';
import { decodeEach } from '../../data/decode.ts';
import type { DatasetItem, Places } from '../../protocol.ts';
import { openLibrary } from '../../weights/library.ts';
import { loadWeights } from '../../weights/load.ts';
import { modelTensors } from '../../weights/model-tensors.ts';
import { preprocess } from '../../zoo/preprocessing.ts';
import { architecture, architectures } from '../../zoo/registry.ts';
import type { RunControl } from '../control.ts';

/** Pictures in one pass. */
const batch = 32;

/**
 * What a backbone's own classifier, on the classes it was pretrained for, thinks of pictures: probabilities
 * `[items * classes]`. null where the classifier did not come along with the weights, or does not take this size.
 * @throws GraftError `weights.*`, `cancelled`
 */
export async function sourceClasses(
  { backbone, input }: Recipe,
  items: readonly DatasetItem[],
  { libraryDir }: Places,
  control: RunControl,
): Promise<{ p: Float32Array; classes: number } | null> {
  if (backbone?.from !== 'library' || backbone.weights === null) return null;
  // An imported network is cut below its classifier.
  if (!architectures.some(({ id }) => id === backbone.arch)) return null;
  const { entry, source } = await openLibrary(libraryDir, backbone.weights);
  try {
    const { classes } = entry;
    if (classes < 2) return null;
    const { build, preprocessing } = architecture(backbone.arch);
    const { model } = build({ inputSize: input.size, alpha: backbone.alpha, classes });
    await loadWeights(model, source);
    const weights = modelTensors(model).map(({ variable }) => variable.read());
    bake(weights);
    const bytes = input.size * input.size * 3;
    const p = new Float32Array(items.length * classes);
    try {
      for (let start = 0; start < items.length; start += batch) {
        await control.yield();
        const some = items.slice(start, start + batch);
        const pixels = new Float32Array(batch * bytes);
        const options = { size: input.size, mode: input.resize, signal: control.signal };
        await decodeEach(
          some.map(({ path }) => path),
          options,
          (index, image) => pixels.set(image, index * bytes),
        );
        const output = tidy(() => {
          const x = tensor4d(pixels, [batch, input.size, input.size, 3]);
          return model.apply(preprocess(x, preprocessing), { training: false }) as Tensor2D;
        });
        p.set(output.dataSync<'float32'>().subarray(0, some.length * classes), start * classes);
        output.dispose();
      }
    } finally {
      unbake(weights);
      model.dispose();
    }
    return { p, classes };
  } finally {
    source.close();
  }
}
