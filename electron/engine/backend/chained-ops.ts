/**
 * Methods on tensors (`x.flatten()`). tfjs-layers relies on them in places (orthogonal initializers, hence
 * every recurrent layer), but tfjs-core's build for Node leaves them out. Importing this file adds them.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { DataType, Tensor, TensorLike } from '@tensorflow/tfjs-core';

/** Functions of tfjs-core that take the tensor first and whose methods take the rest of the arguments. */
const names = [
  ...[
    'abs',
    'acos',
    'acosh',
    'add',
    'all',
    'any',
    'argMax',
    'argMin',
    'asin',
    'asinh',
    'atan',
    'atan2',
    'atanh',
  ],
  ...[
    'avgPool',
    'batchNorm',
    'batchToSpaceND',
    'broadcastTo',
    'cast',
    'ceil',
    'clipByValue',
    'conv1d',
    'conv2d',
  ],
  ...[
    'conv2dTranspose',
    'cos',
    'cosh',
    'cumprod',
    'cumsum',
    'depthToSpace',
    'depthwiseConv2d',
    'dilation2d',
    'div',
  ],
  ...[
    'divNoNan',
    'dot',
    'elu',
    'equal',
    'erf',
    'euclideanNorm',
    'exp',
    'expandDims',
    'expm1',
    'fft',
    'floor',
  ],
  ...[
    'floorDiv',
    'gather',
    'greater',
    'greaterEqual',
    'ifft',
    'irfft',
    'isFinite',
    'isInf',
    'isNaN',
    'leakyRelu',
  ],
  ...[
    'less',
    'lessEqual',
    'localResponseNormalization',
    'log',
    'log1p',
    'logSigmoid',
    'logSoftmax',
    'logSumExp',
  ],
  ...[
    'logicalAnd',
    'logicalNot',
    'logicalOr',
    'logicalXor',
    'matMul',
    'max',
    'maxPool',
    'maximum',
    'mean',
    'min',
  ],
  ...[
    'minimum',
    'mirrorPad',
    'mod',
    'mul',
    'neg',
    'norm',
    'notEqual',
    'oneHot',
    'onesLike',
    'pad',
    'pool',
    'pow',
  ],
  ...['prelu', 'prod', 'reciprocal', 'relu', 'relu6', 'reshape', 'reverse', 'rfft', 'round', 'rsqrt', 'selu'],
  ...[
    'separableConv2d',
    'sigmoid',
    'sign',
    'sin',
    'sinh',
    'slice',
    'softmax',
    'softplus',
    'spaceToBatchND',
    'split',
  ],
  ...[
    'sqrt',
    'square',
    'squaredDifference',
    'squeeze',
    'step',
    'stridedSlice',
    'sub',
    'sum',
    'tan',
    'tanh',
    'tile',
  ],
  ...['topk', 'transpose', 'unique', 'unsortedSegmentSum', 'unstack', 'zerosLike'],
];

type Op = (tensor: Tensor, ...rest: unknown[]) => unknown;

const others: Readonly<Record<string, Op>> = {
  flatten: (x) => tf.reshape(x, [x.size]),
  asScalar: (x) => tf.reshape(x, []),
  as1D: (x) => tf.reshape(x, [x.size]),
  asType: (x, dtype) => tf.cast(x, dtype as DataType),
  toFloat: (x) => tf.cast(x, 'float32'),
  toInt: (x) => tf.cast(x, 'int32'),
  toBool: (x) => tf.cast(x, 'bool'),
  reshapeAs: (x, like) => tf.reshape(x, (like as Tensor).shape),
  concat: (x, more, axis) =>
    tf.concat([x, ...[more as Tensor | Tensor[]].flat()], axis as number | undefined),
  stack: (x, more, axis) => tf.stack([x, ...[more as Tensor | Tensor[]].flat()], axis as number | undefined),
  where: (x, condition, otherwise) => tf.where(condition as TensorLike, x, otherwise as TensorLike),
};

function addMethod(name: string, op: Op): void {
  if (name in tf.Tensor.prototype) return;
  Object.defineProperty(tf.Tensor.prototype, name, {
    configurable: true,
    writable: true,
    value(this: Tensor, ...rest: unknown[]): unknown {
      return op(this, ...rest);
    },
  });
}

const ops = tf as unknown as Readonly<Record<string, Op>>;
for (const name of names) {
  const op = ops[name];
  if (op) addMethod(name, op);
}
for (const [name, op] of Object.entries(others)) addMethod(name, op);
