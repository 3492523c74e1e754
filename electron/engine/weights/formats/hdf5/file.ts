import { GraftError } from '../../../../../shared/errors.ts';
import type { ByteReader } from '../../byte-reader.ts';
import { maxTensors } from '../../source.ts';
import { textAttribute } from './attributes.ts';
import { describeDataset } from './dataset.ts';
import type { Dataset } from './dataset.ts';
import { groupMembers } from './groups.ts';
import { readMessages, readSuperblock } from './structure.ts';

const maxDepth = 16;

export interface Hdf5Contents {
  /** By path: `group/group/name`. */
  datasets: Map<string, Dataset>;
  /** The text of the attribute `name` of groups that have one, by the group's path. */
  names: Map<string, string>;
}

/**
 * All datasets of an HDF5 file, found by walking its groups from the root. Nothing of their data is read.
 * @throws GraftError weights.damaged, weights.unsupported, weights.unsafe, weights.too-many-tensors
 */
export function readContents(reader: ByteReader): Hdf5Contents {
  const contents: Hdf5Contents = { datasets: new Map(), names: new Map() };
  const visited = new Set<number>();
  const visit = (address: number, path: string, depth: number) => {
    if (visited.has(address)) return; // A second hard link to the same object, or a circle.
    visited.add(address);
    if (visited.size > 2 * maxTensors) throw new GraftError('weights.too-many-tensors', limits(reader));
    const messages = readMessages(reader, address);
    const dataset = describeDataset(reader, messages, path);
    if (dataset) {
      contents.datasets.set(path, dataset);
      return;
    }
    if (depth === maxDepth)
      throw new GraftError('weights.damaged', { path: reader.path, detail: nesting(path) });
    const name = textAttribute(reader, messages, 'name');
    if (name !== null) contents.names.set(path, name);
    for (const member of groupMembers(reader, messages) ?? []) {
      visit(member.address, path === '' ? member.name : `${path}/${member.name}`, depth + 1);
    }
  };
  visit(readSuperblock(reader), '', 0);
  return contents;
}

const limits = (reader: ByteReader) => ({ path: reader.path, limit: maxTensors });
const nesting = (path: string) => `groups nested more than ${maxDepth} deep (${path.slice(0, 80)})`;
