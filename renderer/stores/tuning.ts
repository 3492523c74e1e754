import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { RateCurve } from '../../shared/contract/index.ts';
import type { Augmentation } from '../../shared/recipe/augmentation.ts';
import type { Recipe } from '../../shared/recipe/recipe.ts';
import { lab } from '../bridge.ts';

const previewPictures = 3;
const previewVariants = 4;

/** Help in choosing a recipe's numbers: the learning-rate test and the augmentation preview. */
export const useTuning = defineStore('tuning', () => {
  const finding = ref<number | null>(null);
  const curve = ref<{ stage: number; result: RateCurve } | null>(null);

  async function findRate(recipe: Recipe, stage: number): Promise<void> {
    finding.value = stage;
    curve.value = null;
    try {
      curve.value = { stage, result: await lab().call('tuning.findRate', { recipe, stage }) };
    } finally {
      finding.value = null;
    }
  }

  /** A few training pictures, each varied a few times, as addresses of PNG data. */
  async function preview(augmentation: Augmentation): Promise<string[][]> {
    const filter = { splits: ['train' as const], statuses: ['ok' as const], excluded: false };
    const { items } = await lab().call('items.list', { filter, offset: 0, limit: previewPictures });
    if (items.length === 0) return [];
    const ids = items.map((item) => item.id);
    const rows = await lab().call('tuning.previewAugmentation', {
      augmentation,
      items: ids,
      count: previewVariants,
    });
    return rows.map((row) => row.map((png) => `data:image/png;base64,${png}`));
  }

  function clear(): void {
    curve.value = null;
  }

  return { clear, finding, curve, findRate, preview };
});
