import { describe, expect, it } from 'vitest';
import { isTransfer, matchedBaselines } from '../../../../shared/recipe/baselines.ts';
import { epochsOf } from '../../../../shared/recipe/ladder.ts';
import { defaultRecipe } from '../../../../shared/recipe/recipe.ts';
import { namedRecipe } from '../../../../shared/recipe/recipes.ts';

const backbone = { from: 'library' as const, arch: 'mobilenet_v2', weights: 'abc', alpha: 0.5 };
const start = { backbone, inputSize: 160, cut: 'block_14', blocks: ['Conv1', 'block_14'] };
const tuned = { ...namedRecipe('fine-tune-augmented', start), seed: 7, l2sp: 0.1 };

describe('the baselines of a fine-tuned run', () => {
  const [scratch, frozen] = matchedBaselines(tuned, { is: 'zoo', arch: 'mobilenet_v2', alpha: 0.5 });

  it('are the same network with random weights, trained as a whole and not at all', () => {
    expect(scratch?.kind).toBe('scratch');
    expect(frozen?.kind).toBe('random-frozen');
    for (const baseline of [scratch, frozen])
      expect(baseline?.recipe.backbone).toEqual({ ...backbone, weights: null });
    expect(scratch?.recipe.stages.map(({ train }) => train.what)).toEqual(['all']);
    expect(frozen?.recipe.stages.map(({ train }) => train.what)).toEqual(['head']);
  });

  it('have the same budget of epochs, head, pictures and seed', () => {
    for (const baseline of [scratch, frozen]) {
      expect(epochsOf(baseline!.recipe)).toBe(epochsOf(tuned));
      const { head, input, augmentation, seed, data } = baseline!.recipe;
      expect({ head, input, augmentation, seed, data }).toEqual({
        head: tuned.head,
        input: tuned.input,
        augmentation: tuned.augmentation,
        seed: 7,
        data: tuned.data,
      });
    }
  });

  it('normalize by the batch where everything is learned anew, and are pulled towards nothing', () => {
    expect(scratch?.recipe.batchNorm).toBe('batch');
    expect(scratch?.recipe.l2sp).toBe(0);
  });
});

describe('a run that carries over', () => {
  it('another run’s network is compared with one of the same filters', () => {
    const recipe = defaultRecipe('features', { from: 'run', run: '0001-aaaaaa' }, 48);
    const baselines = matchedBaselines(recipe, { is: 'scratch-cnn', channels: [8, 16] });
    expect(baselines.map(({ recipe: { backbone: none, scratch } }) => [none, scratch.channels])).toEqual([
      [null, [8, 16]],
      [null, [8, 16]],
    ]);
  });

  it('an imported network is compared with a small one from scratch alone', () => {
    const recipe = defaultRecipe('features', backbone, 48);
    expect(matchedBaselines(recipe, { is: 'imported' }).map(({ kind }) => kind)).toEqual(['scratch']);
  });

  it('nothing at all has no baseline', () => {
    expect(isTransfer(defaultRecipe('features', { ...backbone, weights: null }, 48))).toBe(false);
    expect(matchedBaselines(defaultRecipe('scratch-cnn', null, 48), { is: 'imported' })).toEqual([]);
  });
});
