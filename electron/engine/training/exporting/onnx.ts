import { readFile } from 'node:fs/promises';
import {
  div,
  matMul,
  maximum,
  reshape,
  slice,
  sqrt,
  square,
  sub,
  sum,
  tensor2d,
  tidy,
  topk,
  zeros,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { ModelCard } from '../../../../shared/contract/documents/exports.ts';
import { exportOnnx, openOnnx } from '../../backend/index.ts';
import { writeBeside } from '../../tensors/write-beside.ts';
import type { Network } from '../network/network.ts';
import { pool } from '../network/network.ts';
import { bodyOutput, headOutput } from './answers.ts';
import type { ExportedModel, Exporter, KnownFeatures } from './exporter.ts';
import { exportOnGraph } from './onnx-graph.ts';

/**
 * One ONNX file, preprocessing and temperature included: input `image` `[batch, size, size, 3]`, RGB, 0 to 255,
 * float32; output `probabilities` `[batch, classes]`, and `unfamiliarity` `[batch]` where the run knows what it does not
 * know. Its metadata hold the model card as `graft`, and the class names
 * as `classes`. ONNX Runtime alone runs it.
 */
export const onnxExporter: Exporter = {
  async write(network, card, out, known) {
    const metadata = metadataOf(card);
    const bytes =
      network.graphFile === null
        ? exportNetwork(network, card, metadata, known)
        : exportOnGraph(network, network.graphFile, card.temperature, metadata);
    await writeBeside(out, bytes);
    return [out];
  },
  async open(out, network) {
    const session = openOnnx(await readFile(out), out);
    const { size } = network.spec.input;
    const classes = network.spec.classes.length;
    return {
      run(pixels) {
        const feeds = { image: { shape: [1, size, size, 3], data: pixels } };
        return session.run(feeds, { probabilities: [1, classes] })['probabilities'] ?? new Float32Array();
      },
      dispose: () => session.dispose(),
    } satisfies ExportedModel;
  },
};

function metadataOf(card: ModelCard): Record<string, string> {
  return {
    graft: JSON.stringify(card),
    classes: JSON.stringify(card.classes),
    resize: card.input.resize,
    producer: card.madeBy,
  };
}

function exportNetwork(
  network: Network,
  card: ModelCard,
  metadata: Record<string, string>,
  known: KnownFeatures | null,
): Uint8Array {
  const { size } = network.spec.input;
  const example = zeros([1, size, size, 3]);
  const bank = known && tensor2d(known.bank, [known.bank.length / known.width, known.width]);
  const forward = (image: Tensor4D) =>
    tidy(() => {
      const map = bodyOutput(network, image);
      const answers = headOutput(network, pool(map, network.spec.head.pooling), card.temperature);
      return bank ? [answers, unfamiliarity(pool(map, 'avg'), bank, known.k)] : [answers];
    });
  try {
    return exportOnnx((image) => forward(image as Tensor4D), [example], {
      inputNames: ['image'],
      outputNames: ['probabilities', 'unfamiliarity'],
      metadata,
    });
  } finally {
    example.dispose();
    bank?.dispose();
  }
}

/**
 * Cosine distance of pooled features `[batch, width]` to the k-th nearest of the known ones, `[batch]`
 * (Sun et al. 2022); the same as `noveltyScores` of the neighbour rule.
 */
function unfamiliarity(features: Tensor2D, bank: Tensor2D, k: number): Tensor {
  const length = sqrt(sum(square(features), 1, true));
  const similarity = matMul(div(features, maximum(length, shortest)) as Tensor2D, bank, false, true);
  const nearest = topk(similarity, k).values;
  return sub(1, reshape(slice(nearest, [0, k - 1], [-1, 1]), [-1]));
}

/** Nothing is divided by zero: a picture without any feature is as far from all as can be. */
const shortest = 1e-12;
