import { valuesOf } from '../../../shared/recipe/recipe-fields.ts';
import type { BackboneSource, Recipe } from '../../../shared/recipe/recipe.ts';
import type { SweepSpaceInput } from '../../../shared/recipe/sweep.ts';

/** What a person filled in: values as text, as they are typed. */
export interface SweepForm {
  seeds: number;
  axes: { field: string; text: string }[];
  backbones: BackboneSource[];
  cuts: string[];
  /** Combinations drawn at random; null: every one. */
  random: number | null;
  minutes: number | null;
}

/** Fields that are often searched over, by the name the lab knows them by. */
export const sweptFields = [
  'learningRate',
  'batchSize',
  'epochs',
  'optimizer',
  'head.hidden',
  'head.dropout',
  'labelSmoothing',
  'l2',
  'input.size',
] as const;

/** The space a form describes; an axis without values is none. */
export function spaceOf(base: Recipe, form: SweepForm): SweepSpaceInput {
  const axes = form.axes.map(({ field, text }) => ({ field, values: valuesOf(text) }));
  const chosen = [
    { field: 'backbone', values: form.backbones.map((source) => ({ ...source })) },
    { field: 'cut', values: form.cuts },
    ...axes,
  ].filter(({ values }) => values.length > 0);
  return {
    base,
    axes: chosen as SweepSpaceInput['axes'],
    seeds: form.seeds === 1 ? [base.seed] : Array.from({ length: form.seeds }, (_, index) => index + 1),
    random: form.random === null ? null : { combinations: form.random },
  };
}
