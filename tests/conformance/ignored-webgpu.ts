/**
 * Specs of tfjs-core that do not pass on ONNX Runtime's WebGPU provider (1.30, tried on SwiftShader), besides those
 * in `ignored.ts`. A driver may do better: on WebGPU a spec of this list may pass.
 */

/** WGSL lets shaders assume that no value is NaN: comparisons, min, max and logarithms need not pass it on. */
const losesNaN = [
  'debug off no errors where there are nans, and debug mode is disabled',
  'acosh propagates NaNs',
  'acosh NaN outside function domain',
  'pow negative base and fract exponent NaN',
  'asinh propagates NaNs',
  'atanh propagates NaNs',
  'atanh NaN outside function domain',
  'clipByValue basic vec4',
  'clipByValue propagates NaNs',
  'log1p log1p propagates NaNs',
  'log log propagates NaNs',
  'log negtive values',
  'logLoss 1D - Check for negative values',
  'relu propagates NaNs, float32',
  'sigmoid propagates NaNs',
  'softmax Propagates NaNs',
];

/** WebGPU's ConvTranspose has one or two spatial dimensions; nothing in Graft trains on volumes. */
const noVolumes = [
  'avgPool3dBackprop gradient x=[2,2,2,1] f=[1,1,1] s=1',
  'avgPool3dBackprop gradient x=[1,2,2,2,1] f=[1,1,1] s=1',
  'avgPool3dBackprop gradient x=[1,2,2,2,1] f=[2,2,2] s=2',
  'avgPool3dBackprop gradient with clone x=[1,2,2,2,1] f=[2,2,2] s=1',
  'avgPool3dBackprop gradient x=[1,3,3,3,1] f=[2,2,2] s=1',
  'avgPool3dBackprop gradient x=[1,4,4,4,1] f=[2,2,2] s=2',
  'avgPool3dBackprop gradient x=[1,3,3,3,2] f=[2,2,2] s=1',
  'avgPool3dBackprop gradient x=[2,3,3,3,1] f=[2,2,2] s=1',
];

/** WGSL's trigonometric functions are exact to about 1e-4 only. */
const coarseTrigonometry = ['cos gradients: Scalar', 'cos gradient with clones', 'tan gradients: Tensor2D'];

const withReason = (names: readonly string[], reason: string): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, reason]));

export const ignoredOnWebgpu: Readonly<Record<string, string>> = {
  ...withReason(losesNaN, 'WGSL does not promise to pass NaN on.'),
  ...withReason(noVolumes, 'WebGPU has no ConvTranspose in three dimensions; it says so in an error.'),
  ...withReason(coarseTrigonometry, 'WGSL promises sine and cosine to 2^-11 only.'),
  'avgPool3d x=[1,1,1,1,1] f=[1,1,3] s=1 p=valid':
    'WebGPU dispatches nothing for an empty result and calls that an error.',
  'topk negative infinity input': 'WebGPU takes the lowest finite number for negative infinity.',
};
