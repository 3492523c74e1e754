import { describe, expect, it } from 'vitest';
import { estimateStage, rowBudget } from '../../../shared/recipe/estimate.ts';
import type { StagePlan } from '../../../shared/recipe/estimate.ts';
import { trainOf } from '../../../shared/recipe/freezing.ts';
import type { LayerRow } from '../../../shared/contract/index.ts';
import { graphLines } from '../../../renderer/components/backbones/layer-graph.ts';
import { classicalRule, muchPerClass } from '../../../renderer/components/freeze/classical-rule.ts';
import { freezeRows, stateOf, withRange } from '../../../renderer/components/freeze/freeze-rows.ts';
import { networkOf } from '../../../shared/network-layers.ts';

const layer = (name: string, block: string, reads: string, params: number, statistics = 0): LayerRow => ({
  name,
  type: params > 0 ? 'Conv2D' : 'ReLU',
  block,
  outputShape: [4, 4, 8],
  params,
  statistics,
  macs: params * 16,
  inputs: [reads],
});

/** conv > bn > relu | conv2 > relu2 */
const network = networkOf([
  layer('conv', 'low', 'input', 216),
  layer('bn', 'low', 'conv', 32, 16),
  layer('relu', 'low', 'bn', 0),
  layer('conv2', 'high', 'relu', 584),
  layer('relu2', 'high', 'conv2', 0),
]);

describe('the lines of the freeze panel', () => {
  it('stand from the output down to the input, layers in the blocks that are open', () => {
    expect(freezeRows(network, new Set()).map(({ name, params }) => [name, params])).toEqual([
      ['high', 584],
      ['low', 248],
    ]);
    const names = freezeRows(network, new Set(['low'])).map(({ name }) => name);
    expect(names).toEqual(['high', 'low', 'relu', 'bn', 'conv']);
  });

  it('say whether all, some or none of their layers are trained; layers without weights say nothing', () => {
    const [, low, relu, bn] = freezeRows(network, new Set(['low']));
    const trained = new Set(['bn', 'conv2']);
    expect([low, relu, bn].map((row) => row && stateOf(network, row, trained))).toEqual([
      'mixed',
      null,
      'trained',
    ]);
  });

  it('freeze and train ranges, and layers without weights follow', () => {
    const all = withRange(network, new Set(), [0, 4], true);
    expect([...all]).toEqual(['conv', 'bn', 'conv2']);
    expect(trainOf(all, network.blocks)).toEqual({ what: 'all' });
    expect(trainOf(withRange(network, all, [0, 2], false), network.blocks)).toEqual({
      what: 'from',
      block: 'high',
    });
    expect(trainOf(withRange(network, all, [1, 1], false), network.blocks)).toEqual({
      what: 'layers',
      layers: ['conv', 'conv2'],
    });
  });
});

describe('an estimate', () => {
  const plan: StagePlan = {
    layers: network.layers,
    trained: new Set(['conv2']),
    head: { hidden: [10], pooling: 'avg', classes: 2 },
    featureShape: [4, 4, 8],
    items: { train: 100, validation: 20, test: 20 },
    variants: 0,
    inputSize: 4,
    batchSize: 10,
    optimizer: 'adam',
    msPerImage: 10,
  };

  it('counts what is trained: no statistics, and the head with it', () => {
    const head = 8 * 10 + 10 + 10 * 2 + 2;
    expect(estimateStage(plan).params).toEqual({ trainable: 584 + head, frozen: 248 });
    const all = estimateStage({ ...plan, trained: new Set(['conv', 'bn', 'conv2']) });
    expect(all.params).toEqual({ trainable: 584 + 216 + 16 + head, frozen: 16 });
  });

  it('knows what is cached, and gives no time that rests on nothing', () => {
    expect(estimateStage(plan)).toMatchObject({ cachedAt: 'relu', tooLargeToCache: false });
    expect(estimateStage({ ...plan, trained: new Set(['conv']) }).cachedAt).toBeNull();
    expect(estimateStage({ ...plan, msPerImage: null })).toMatchObject({
      epochSeconds: null,
      firstPassSeconds: null,
    });
  });

  it('says what the cache takes on disk: the pooled features of every picture and of its augmented copies', () => {
    const frozen = { ...plan, trained: new Set<string>() };
    expect(estimateStage(frozen).diskBytes).toBe(140 * 8 * 4);
    expect(estimateStage({ ...frozen, variants: 5 }).diskBytes).toBe((140 + 5 * 100) * 8 * 4);
    expect(estimateStage({ ...plan, trained: new Set(['conv']) }).diskBytes).toBe(0);
  });

  it('shares the measured pass out: frozen as a whole it takes all of it, once per picture', () => {
    const frozen = estimateStage({ ...plan, trained: new Set() });
    expect(frozen.firstPassSeconds).toBeCloseTo((140 * 10) / 1000, 6);
    expect(frozen.epochSeconds).toBeLessThan(0.1);
    const cut = estimateStage(plan);
    expect(cut.firstPassSeconds).toBeLessThan(1.4);
    expect(cut.epochSeconds).toBeGreaterThan(frozen.epochSeconds ?? 0);
  });

  it('runs the frozen part in every step when its output is too much to keep', () => {
    const many = Math.ceil(rowBudget / (4 * 4 * 8 * 4)) + 1;
    const large = estimateStage({ ...plan, items: { ...plan.items, train: many } });
    expect(large).toMatchObject({ cachedAt: null, tooLargeToCache: true, firstPassSeconds: 0 });
  });

  it('grows with the batch, the optimizer and the variants that are cached', () => {
    const memory = (changes: Partial<StagePlan>) => estimateStage({ ...plan, ...changes }).memory;
    expect(memory({ optimizer: 'sgd' })).toBeLessThan(memory({}));
    expect(memory({ batchSize: 200 })).toBeGreaterThan(memory({}));
    expect(memory({ variants: 3 }) - memory({})).toBe(3 * 100 * 4 * 4 * 8 * 4);
  });
});

describe('the classical rule', () => {
  it.each([
    [10, 'similar', 'none'],
    [10, 'different', 'last'],
    [muchPerClass, 'similar', 'lastTwo'],
    [muchPerClass, 'different', 'all'],
  ] as const)('%i pictures a class, %s: %s', (perClass, domain, preset) => {
    expect(classicalRule(perClass, domain).preset).toBe(preset);
  });
});

describe('the drawing beside the layers', () => {
  it('runs what is read further down on a lane of its own, and uses a lane again', () => {
    const reads = (name: string, ...inputs: string[]) => ({ name, inputs });
    const { lines, lanes } = graphLines([
      reads('conv', 'input'),
      reads('left', 'conv'),
      reads('left_bn', 'left'),
      reads('sum', 'left_bn', 'conv'),
      reads('next', 'sum'),
      reads('end', 'next', 'sum'),
    ]);
    expect(lanes).toBe(1);
    expect(lines.map(({ starting, passing, ending }) => [starting, passing, ending])).toEqual([
      [[1], [], []],
      [[], [1], []],
      [[], [1], []],
      [[1], [], [1]],
      [[], [1], []],
      [[], [], [1]],
    ]);
    expect(lines.map(({ fromPrevious }) => fromPrevious)).toEqual([false, true, true, true, true, true]);
  });

  it('gives branches side by side lanes of their own', () => {
    const { lanes } = graphLines([
      { name: 'a', inputs: ['input'] },
      { name: 'b', inputs: ['a'] },
      { name: 'c', inputs: ['a'] },
      { name: 'd', inputs: ['b', 'c'] },
    ]);
    expect(lanes).toBe(2);
  });
});
