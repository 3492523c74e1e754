import { copyFile } from 'node:fs/promises';
import { modelCardSchema } from '../../../../shared/contract/documents/exports.ts';
import { readSafetensors, writeSafetensors } from '../../tensors/safetensors.ts';
import { orUnwritable } from '../../tensors/write-beside.ts';
import { assignValues, valuesOf } from '../network/model-store.ts';
import { buildNetwork, networkSpecSchema, networkTensors } from '../network/network.ts';
import { answerOne } from './answers.ts';
import type { Exporter } from './exporter.ts';

/**
 * The weights by name, with the recipe, the shape of the network and the model card in the file's metadata. A model on
 * an imported network has that network beside it.
 */
export const safetensorsExporter: Exporter = {
  async write(network, card, out) {
    const beside = network.graphFile === null ? [] : [graphBeside(out)];
    for (const path of beside) await orUnwritable(path, () => copyFile(network.graphFile ?? '', path));
    await writeSafetensors(out, valuesOf(networkTensors(network)), {
      format: 'graft-network',
      graft: JSON.stringify(card),
      network: JSON.stringify({ ...network.spec, classes: card.classes }),
      recipe: JSON.stringify(card.recipe),
    });
    return [out, ...beside];
  },
  async open(out) {
    const { metadata, tensors } = await readSafetensors(out);
    const spec = networkSpecSchema.parse(JSON.parse(metadata['network'] ?? ''));
    const card = modelCardSchema.parse(JSON.parse(metadata['graft'] ?? ''));
    const network = buildNetwork(spec, 0, null, spec.body.kind === 'graph' ? graphBeside(out) : null);
    assignValues(networkTensors(network), tensors, out);
    return {
      run: (pixels) => answerOne(network, card.temperature, pixels),
      dispose() {
        network.body.dispose();
        network.head.dispose();
      },
    };
  },
};

const graphBeside = (out: string): string => out.replace(/(\.safetensors)?$/i, '.backbone.onnx');
