import { expect, test } from 'vitest';
import type { MappedPoint } from '../../../shared/contract/index.ts';
import { groupsOf } from '../../../renderer/components/map/map-groups.ts';

const point = (truth: number, predicted: number | null, split: MappedPoint['split']): MappedPoint => ({
  item: 0,
  truth,
  predicted,
  split,
  pca: [0, 0],
  umap: [0, 0],
});
const points = [point(0, null, 'train'), point(1, 0, 'test'), point(0, 0, 'test'), point(-1, null, null)];

test('points are grouped by class, split or judgement, mistakes last, empty groups left out', () => {
  expect(groupsOf(points, 'class', 3)).toEqual([
    { key: '0', members: [0, 2] },
    { key: '1', members: [1] },
    { key: 'other', members: [3] },
  ]);
  expect(groupsOf(points, 'split', 3)).toEqual([
    { key: 'train', members: [0] },
    { key: 'test', members: [1, 2] },
    { key: 'none', members: [3] },
  ]);
  expect(groupsOf(points, 'error', 3)).toEqual([
    { key: 'right', members: [2] },
    { key: 'unknown', members: [0, 3] },
    { key: 'wrong', members: [1] },
  ]);
});
