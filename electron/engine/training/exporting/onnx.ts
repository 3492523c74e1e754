import { readFile } from 'node:fs/promises';
import { zeros } from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { ModelCard } from '../../../../shared/contract/exports.ts';
import { exportOnnx, openOnnx } from '../../backend/index.ts';
import { writeBeside } from '../../tensors/write-beside.ts';
import type { Network } from '../network/network.ts';
import { headOutput, pooledFeatures } from './answers.ts';
import type { ExportedModel, Exporter } from './exporter.ts';
import { exportOnGraph } from './onnx-graph.ts';

/**
 * One ONNX file, preprocessing and temperature included: input `image` `[batch, size, size, 3]`, RGB, 0 to 255,
 * float32; output `probabilities` `[batch, classes]`. Its metadata hold the model card as `graft`, and the class names
 * as `classes`. ONNX Runtime alone runs it.
 */
export const onnxExporter: Exporter = {
  async write(network, card, out) {
    const metadata = metadataOf(card);
    const bytes =
      network.graphFile === null
        ? exportNetwork(network, card, metadata)
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

function exportNetwork(network: Network, card: ModelCard, metadata: Record<string, string>): Uint8Array {
  const { size } = network.spec.input;
  const example = zeros([1, size, size, 3]);
  const forward = (image: Tensor4D) => headOutput(network, pooledFeatures(network, image), card.temperature);
  try {
    return exportOnnx((image) => forward(image as Tensor4D), [example], {
      inputNames: ['image'],
      outputNames: ['probabilities'],
      metadata,
    });
  } finally {
    example.dispose();
  }
}
