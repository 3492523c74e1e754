import type { Architecture } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import { defaultRecipe } from '../../../shared/recipe/recipe.ts';
import type { Recipe } from '../../../shared/recipe/recipe.ts';
import type { Store } from '../../store/store.ts';
import { chooseBackbone } from '../checks/examination.ts';
import type { InstalledBackbone } from '../checks/examination.ts';

/**
 * The backbone whose features suggestions are learned from: the one asked for, else the one that suggested last,
 * else that of the latest finished run (its features are cached), else the best there is. Never the network that a
 * run has fine-tuned: it has seen the labels that it would be asked about.
 * @throws GraftError recipe.no-weights when it is not in the library, or there is none
 */
export function suggestingBackbone(
  zoo: readonly Architecture[],
  store: Store,
  wanted?: string,
): InstalledBackbone {
  const asked = wanted ?? store.suggestions.get()?.weights;
  const chosen =
    (asked !== undefined && chooseBackbone(zoo, asked)) ||
    (wanted === undefined && (backboneOfRuns(zoo, store) ?? chooseBackbone(zoo)));
  if (!chosen) throw new GraftError('recipe.no-weights', { backbone: wanted ?? '' });
  return chosen;
}

function backboneOfRuns(zoo: readonly Architecture[], store: Store): InstalledBackbone | null {
  for (const { status, recipe } of store.runs.newest()) {
    const { backbone } = recipe;
    if (status !== 'done' || backbone?.from !== 'library' || backbone.weights === null) continue;
    const installed = chooseBackbone(zoo, backbone.weights);
    if (installed) return installed;
  }
  return null;
}

/** The recipe of frozen features, so that training finds them cached, and the other way round. */
export function featureRecipe({ architecture, weights }: InstalledBackbone): Recipe {
  const { id: arch, inputSize } = architecture;
  return defaultRecipe(
    'features',
    { from: 'library', arch, weights: weights.id, alpha: weights.alpha },
    inputSize,
  );
}
