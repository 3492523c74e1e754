import type { WeightSource } from '../../source.ts';
import { arrange, arrangedShape } from './arrange.ts';
import { torchNetworks } from './networks.ts';
import type { Renaming } from './networks.ts';

/** Names of files written before torchvision 0.3, and prefixes that training frameworks put before every name. */
function plainName(name: string): string {
  return name
    .replace(/^(?:(?:module|model|state_dict|backbone)\.)+/, '')
    .replace(/(denselayer\d+\.(?:norm|conv))\.([12])\./, '$1$2.');
}

/**
 * A source whose tensors have PyTorch's names, seen under Keras' names and shapes. A source with other names, or of a
 * network that the zoo has not, is given back as it is.
 */
export function withKerasNames(source: WeightSource): WeightSource {
  const stored = new Map(source.tensors.map((tensor) => [plainName(tensor.name), tensor]));
  const network = torchNetworks.find((candidate) => stored.has(candidate.signature));
  if (!network) return source;
  const renamings = new Map<string, Renaming>();
  const tensors = network.renamings.flatMap((renaming) => {
    const tensor = stored.get(renaming.torch);
    if (!tensor) return [];
    renamings.set(renaming.keras, renaming);
    return [{ ...tensor, name: renaming.keras, shape: arrangedShape(tensor.shape, renaming.arrangement) }];
  });
  return {
    ...source,
    tensors,
    architecture: network.architecture,
    read: async (name) => {
      const renaming = renamings.get(name);
      const tensor = renaming && stored.get(renaming.torch);
      if (!tensor) throw new Error(`No tensor ${name} in ${source.path}`);
      return arrange(await source.read(tensor.name), tensor.shape, renaming.arrangement);
    },
  };
}
