import { createHash } from 'node:crypto';
import type { MadeWith } from '../../../shared/contract/index.ts';
import type { Recipe } from '../../../shared/recipe/recipe.ts';
import type { DatasetItem } from '../../engine/protocol.ts';
import type { LabContext } from '../context.ts';
import type { OpenProject } from '../project-keeper.ts';
import { freezingProof } from './run-files.ts';

/** What a run that starts now is made with, besides its recipe. */
export function madeWith(
  lab: LabContext,
  project: OpenProject,
  recipe: Recipe,
  items: readonly DatasetItem[],
): MadeWith {
  const { backbone } = recipe;
  return {
    version: lab.options.version,
    platform: `${process.platform} ${process.arch}`,
    threads: lab.engineInfo().threads,
    itemsHash: itemsHash(items),
    backboneHash: backbone?.from === 'run' ? weightsHash(project, backbone.run) : null,
  };
}

/** Equal for equal pictures with equal labels and splits, whatever their order and their ids. */
function itemsHash(items: readonly DatasetItem[]): string {
  const lines = items.map(({ sha256, classIndex, split }) => `${sha256}\t${classIndex}\t${split}\n`);
  const hash = createHash('sha256');
  for (const line of lines.sort()) hash.update(line);
  return hash.digest('hex');
}

/** SHA-256 over the hashes of every layer's trained values; null for a run that left no proof of them. */
export function weightsHash(project: OpenProject, run: string): string | null {
  const proof = freezingProof(project, run);
  if (!proof) return null;
  const hash = createHash('sha256');
  for (const { layer, after } of proof.layers) hash.update(`${layer}\t${after}\n`);
  return hash.digest('hex');
}
