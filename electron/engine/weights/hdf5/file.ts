import { GraftError } from '../../../../shared/errors.ts';
import type { ByteReader } from '../byte-reader.ts';
import { maxTensors } from '../source.ts';
import { describeDataset } from './dataset.ts';
import type { Dataset } from './dataset.ts';
import { groupMembers } from './groups.ts';
import { readMessages, readSuperblock } from './structure.ts';

const maxDepth = 16;

/**
 * All datasets of an HDF5 file by their path (`group/group/name`), found by walking its groups from the root.
 * Nothing of their data is read. Attributes are not looked at: the paths say all that weight files need.
 * @throws GraftError weights.damaged, weights.unsupported, weights.unsafe, weights.too-many-tensors
 */
export function readDatasets(reader: ByteReader): Map<string, Dataset> {
  const datasets = new Map<string, Dataset>();
  const visited = new Set<number>();
  const visit = (address: number, path: string, depth: number) => {
    if (visited.has(address)) return; // A second hard link to the same object, or a circle.
    visited.add(address);
    if (visited.size > 2 * maxTensors) throw new GraftError('weights.too-many-tensors', limits(reader));
    const messages = readMessages(reader, address);
    const dataset = describeDataset(reader, messages, path);
    if (dataset) {
      datasets.set(path, dataset);
      return;
    }
    if (depth === maxDepth)
      throw new GraftError('weights.damaged', { path: reader.path, detail: nesting(path) });
    for (const member of groupMembers(reader, messages) ?? []) {
      visit(member.address, path === '' ? member.name : `${path}/${member.name}`, depth + 1);
    }
  };
  visit(readSuperblock(reader), '', 0);
  return datasets;
}

const limits = (reader: ByteReader) => ({ path: reader.path, limit: maxTensors });
const nesting = (path: string) => `groups nested more than ${maxDepth} deep (${path.slice(0, 80)})`;
