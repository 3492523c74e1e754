import { z } from 'zod';

/**
 * Keras 3 keeps weights as `layers/<class>_<count>/vars/<number>`. The layer's own name is an attribute of the `vars`
 * group (since Keras 3.5), or follows from the layers in the config.json of a .keras file, counted class by class.
 */

const weightPath = /^(.*?(?:layers|_layer_checkpoint_dependencies)\/([^/]+))\/vars\/(\d+)$/;

/** What each class of layer calls its weights, in the order of their numbers. */
const weightNames: Record<string, string[]> = {
  conv2d: ['kernel', 'bias'],
  dense: ['kernel', 'bias'],
  depthwise_conv2d: ['depthwise_kernel', 'bias'],
  separable_conv2d: ['depthwise_kernel', 'pointwise_kernel', 'bias'],
};
const normNames = ['gamma', 'beta', 'moving_mean', 'moving_variance'];

export function isKeras3(paths: Iterable<string>): boolean {
  for (const path of paths) if (weightPath.test(path)) return true;
  return false;
}

/**
 * `layer/weight` for the paths of weights of known kinds; others are left out.
 * @param layerNames layer names by the path of their group, e.g. `layers/conv2d_3`
 * @returns null when weights have no layer name
 */
export function keras3TensorNames(
  paths: readonly string[],
  layerNames: ReadonlyMap<string, string>,
): Map<string, string> | null {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const group = weightPath.exec(path)?.[1];
    if (group !== undefined) counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  const result = new Map<string, string>();
  for (const path of paths) {
    const [, group = '', counted = '', number = ''] = weightPath.exec(path) ?? [];
    const weight = weightName(counted.replace(/_\d+$/, ''), counts.get(group) ?? 0, Number(number));
    if (weight === undefined) continue;
    const layer = layerNames.get(group);
    if (layer === undefined) return null;
    result.set(path, `${layer}/${weight}`);
  }
  return result;
}

function weightName(kind: string, count: number, number: number): string | undefined {
  // Without gamma, as in InceptionV3, a normalization has three.
  if (kind === 'batch_normalization') return normNames[number + normNames.length - count];
  return weightNames[kind]?.[number];
}

const layerList: z.ZodType<LayerConfig[]> = z.lazy(() => z.array(layerConfig));
const layerConfig = z.object({
  class_name: z.string(),
  name: z.string().optional(),
  config: z.object({ name: z.string().optional(), layers: layerList.optional() }),
});
const modelConfig = z.object({ config: z.object({ layers: layerList }) });

interface LayerConfig {
  class_name: string;
  name?: string | undefined;
  config: { name?: string | undefined; layers?: LayerConfig[] | undefined };
}

/** Layer names by the path of their group, from the text of config.json; null if it is not a model's. */
export function layerNamesOfConfig(text: string): Map<string, string> | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = modelConfig.safeParse(document);
  if (!parsed.success) return null;
  const names = new Map<string, string>();
  collect(parsed.data.config.layers, 'layers', names);
  return names;
}

function collect(layers: readonly LayerConfig[], path: string, names: Map<string, string>): void {
  const used = new Map<string, number>();
  for (const layer of layers) {
    const kind = snakeCase(layer.class_name);
    const count = used.get(kind) ?? 0;
    used.set(kind, count + 1);
    const group = `${path}/${count === 0 ? kind : `${kind}_${count}`}`;
    const name = layer.config.name ?? layer.name;
    if (name !== undefined) names.set(group, name);
    if (layer.config.layers) collect(layer.config.layers, `${group}/layers`, names);
  }
}

/** As Keras does: `DepthwiseConv2D` is `depthwise_conv2d`, `ReLU` is `re_lu`. */
function snakeCase(name: string): string {
  const words = name.replace(/\W+/g, '').replace(/(.)([A-Z][a-z]+)/g, '$1_$2');
  return words.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
}
