import { GraftError } from '../../../shared/errors.ts';
import manifest from '../../../resources/zoo.json' with { type: 'json' };
import { buildDensenet121 } from './architectures/densenet121.ts';
import { buildEfficientnetB0 } from './architectures/efficientnet-b0.ts';
import { buildInceptionV3 } from './architectures/inception-v3.ts';
import { buildMobilenet, mobilenetWidth } from './architectures/mobilenet.ts';
import { buildMobilenetV2, buildMobilenetV2Torch, mobilenetV2Width } from './architectures/mobilenet-v2.ts';
import { buildResnet50, buildResnet50Torch } from './architectures/resnet50.ts';
import { buildStarter, starterWidth } from './architectures/starter.ts';
import { buildVgg16, buildVgg16Torch, buildVgg19, buildVgg19Torch } from './architectures/vgg.ts';
import { buildXception } from './architectures/xception.ts';
import type { Backbone, BuildOptions } from './network.ts';
import type { PreprocessingMode } from './preprocessing.ts';

/** One width of an architecture with what its publisher says of it. */
export interface Variant {
  alpha: number;
  /** Number of weights up to the last convolutional feature map. */
  parameters: number;
  /** With the classifier of 1000 classes. */
  parametersWithTop: number;
  /** Share of ImageNet's validation images whose first guess is right, in percent; null where nobody measured it. */
  top1: number | null;
}

export interface PublishedWeights {
  file: string;
  url: string;
  withTop: boolean;
  alpha: number;
  /** Input size it was trained at, in pixels. */
  inputSize: number;
  /** Size of the file, where it is known. */
  bytes?: number;
  /** As the publisher states it; not every publisher does. */
  md5?: string;
  /** PyTorch states the first 8 hex digits of the SHA-256, in the file's name. */
  sha256Prefix?: string;
}

/** One row of the zoo: facts from `resources/zoo.json`, code from `architectures/`. */
export interface Architecture {
  id: string;
  title: string;
  family: string;
  paper: { title: string; authors: string; year: number; url: string };
  licence: string;
  licenceNote: string;
  defaultInputSize: number;
  /** The smallest input the network can take, in pixels. */
  minInputSize: number;
  preprocessing: PreprocessingMode;
  /** Name of the block from which on fine-tuning trains by default; what lies before it stays frozen. */
  defaultCut: string;
  /** The first is the default. */
  variants: Variant[];
  weights: PublishedWeights[];
  /** Channels of the last convolutional feature map. */
  featureWidth(alpha: number): number;
  /** @throws GraftError zoo.input-too-small */
  build(options?: BuildOptions): Backbone;
}

interface Construction {
  build: (options: BuildOptions) => Backbone;
  width: (alpha: number) => number;
}

const constructions: Record<string, Construction> = {
  mobilenet: { build: buildMobilenet, width: mobilenetWidth },
  mobilenet_v2: { build: buildMobilenetV2, width: mobilenetV2Width },
  mobilenet_v2_torch: { build: buildMobilenetV2Torch, width: mobilenetV2Width },
  efficientnet_b0: { build: buildEfficientnetB0, width: () => 1280 },
  densenet121: { build: buildDensenet121, width: () => 1024 },
  resnet50_torch: { build: buildResnet50Torch, width: () => 2048 },
  resnet50: { build: buildResnet50, width: () => 2048 },
  inception_v3: { build: buildInceptionV3, width: () => 2048 },
  xception: { build: buildXception, width: () => 2048 },
  vgg16: { build: buildVgg16, width: () => 512 },
  vgg16_torch: { build: buildVgg16Torch, width: () => 512 },
  vgg19: { build: buildVgg19, width: () => 512 },
  vgg19_torch: { build: buildVgg19Torch, width: () => 512 },
  starter: { build: buildStarter, width: starterWidth },
};

/** All architectures, the one to recommend first. */
export const architectures: readonly Architecture[] = manifest.map((facts) => {
  const construction = constructions[facts.id];
  if (!construction) throw new Error(`resources/zoo.json names ${facts.id}, which no code builds`);
  return {
    ...facts,
    preprocessing: facts.preprocessing as PreprocessingMode,
    featureWidth: construction.width,
    build: (options: BuildOptions = {}) => {
      const inputSize = options.inputSize ?? facts.defaultInputSize;
      checkInputSize(facts.id, inputSize, facts.minInputSize);
      return construction.build({ ...options, inputSize });
    },
  };
});

/**
 * The architecture of an id.
 * @throws GraftError zoo.unknown, with the ids there are
 */
export function architecture(id: string): Architecture {
  const found = architectures.find((candidate) => candidate.id === id);
  if (!found)
    throw new GraftError('zoo.unknown', { id, known: architectures.map((row) => row.id).join(', ') });
  return found;
}

function checkInputSize(id: string, size: number, minimum: number): void {
  if (!Number.isInteger(size) || size < minimum)
    throw new GraftError('zoo.input-too-small', { id, size, minimum });
}
