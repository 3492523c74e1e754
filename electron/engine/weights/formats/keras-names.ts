/**
 * Keras has written the same weight under several names over the years. All of them are brought to `layer/weight`:
 *   conv1/conv1/kernel:0            Keras 2: group of the layer, scope of the weight
 *   conv1/conv1_2/kernel:0          the scope was counted up because the model was built a third time
 *   block1_conv1/block1_conv1_W_1:0 Keras 1
 *   conv1/conv/conv1/conv/kernel:0  a layer called conv1/conv, which Keras later called conv1_conv
 *   model_weights/vgg16/block1_conv1/kernel:0   a whole model, with a network inside the network
 */

/** What Keras 1 called each weight. */
const keras1Weights: Record<string, string> = {
  W: 'kernel',
  b: 'bias',
  gamma: 'gamma',
  beta: 'beta',
  running_mean: 'moving_mean',
  running_std: 'moving_variance',
};
const keras1Pattern = new RegExp(`^(.+)_(${Object.keys(keras1Weights).join('|')})(_\\d+)?$`);

/** Keras 3 calls the kernel of a depthwise convolution plain `kernel`, in old formats too; the layer's name tells. */
const depthwiseKernel = /((?:conv_dw_\d+|_depthwise|dwconv)\/)kernel$/;

/** `layer/weight` for the path of a dataset inside a legacy Keras file. */
export function kerasTensorName(path: string): string {
  return namedByPath(path).replace(depthwiseKernel, '$1depthwise_kernel');
}

function namedByPath(path: string): string {
  const segments = path
    .replace(/^model_weights\//, '')
    .replace(/:\d+$/, '')
    .split('/');
  const group = segments[0] ?? '';
  const weight = segments[segments.length - 1] ?? '';
  const old = keras1Pattern.exec(weight);
  if (segments.length === 2 && old && old[1] === group) return `${group}/${keras1Weights[old[2] ?? '']}`;
  if (segments.length === 2) return `${group}/${weight}`;
  const layer = segments.slice(0, -1);
  const half = layer.slice(0, layer.length / 2).join('_');
  if (layer.length % 2 === 0 && layer.slice(layer.length / 2).join('_') === half) return `${half}/${weight}`;
  const scope = segments[segments.length - 2] ?? '';
  const counted =
    scope === group || (scope.startsWith(`${group}_`) && /^\d+$/.test(scope.slice(group.length + 1)));
  if (segments.length === 3) return `${counted ? group : scope}/${weight}`;
  return segments.slice(-2).join('/');
}

/**
 * Layers that Keras numbers itself (`conv2d_7`) start at another number in every session. They are counted anew from
 * 1 in the order of their numbers, which is the order of creation; plain `conv2d` is the first.
 */
export function renumberAutomaticNames(names: readonly string[]): Map<string, string> {
  const pattern = /^(conv2d|batch_normalization)(?:_(\d+))?\/(.+)$/;
  const numbers = new Map<string, Set<number>>();
  for (const name of names) {
    const match = pattern.exec(name);
    if (!match?.[1]) continue;
    const seen = numbers.get(match[1]) ?? new Set();
    numbers.set(match[1], seen.add(match[2] === undefined ? 0 : Number(match[2])));
  }
  const ranks = new Map([...numbers].map(([kind, seen]) => [kind, [...seen].sort((a, b) => a - b)]));
  return new Map(
    names.map((name) => {
      const match = pattern.exec(name);
      if (!match?.[1]) return [name, name];
      const rank = ranks.get(match[1])?.indexOf(match[2] === undefined ? 0 : Number(match[2])) ?? 0;
      return [name, `${match[1]}_${rank + 1}/${match[3]}`];
    }),
  );
}
