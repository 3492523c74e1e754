import { z } from 'zod';
import { GraftError } from '../errors.ts';
import { integerIn, seededRandom, type Random } from '../random.ts';
import { checkedRecipe, setField, type RecipeDraft } from './recipe-fields.ts';
import { backboneSource, recipeSchema, type BackboneSource, type Recipe } from './recipe.ts';
import type { SeriesEntry } from '../contract/runs/series.ts';

/** Runs one sweep may ask for: as many as a series takes. */
export const MOST_SWEPT = 1000;
const MOST_KEY = 100;

/** One thing that is varied: a field of the recipe, `backbone`, or `cut`, the first block the last stage trains. */
const axisSchema = z.object({
  field: z.string().min(1).max(200),
  values: z.array(z.json()).min(1).max(200),
});

export const sweepSpaceSchema = z.object({
  base: recipeSchema,
  /** None: the base alone, repeated over seeds. */
  axes: z.array(axisSchema).max(10).default([]),
  seeds: z.array(z.number().int().min(0)).min(1).max(100),
  /** A number of combinations drawn at random; null: every one. */
  random: z
    .object({
      combinations: z.number().int().min(1).max(MOST_SWEPT),
      seed: z.number().int().min(0).default(1),
    })
    .nullable()
    .default(null),
});
export type SweepSpace = z.infer<typeof sweepSpaceSchema>;
export type SweepSpaceInput = z.input<typeof sweepSpaceSchema>;

/** What is known of a backbone that a recipe may start from. */
export interface BackboneFacts {
  inputSize: number;
  /** Block fine-tuning starts at by default. */
  cut: string;
  blocks: readonly string[];
  /** Nothing of it can be trained. */
  frozenOnly: boolean;
}
/** Facts of a backbone; null where there is none of that name. */
export type KnowBackbone = (source: BackboneSource) => BackboneFacts | null;

export interface Expansion {
  /** Combinations the space holds, drawn from or not. */
  combinations: number;
  /** Seed after seed, so that one that is cut short still compares all combinations. */
  entries: SeriesEntry[];
  /** Combinations that make no recipe, and why. */
  invalid: { key: string; problem: string }[];
  /** Combinations that come to the same recipe as one before them. */
  duplicates: number;
}

/** How many combinations a space holds, without listing them. */
export const countCombinations = ({ axes }: Pick<SweepSpace, 'axes'>): number =>
  axes.reduce((product, { values }) => product * values.length, 1);

/** @throws GraftError sweep.too-large before anything is listed; recipe.invalid for a field that no recipe has */
export function expandSweep(space: SweepSpace, know: KnowBackbone): Expansion {
  const combinations = countCombinations(space);
  const wanted = Math.min(combinations, space.random?.combinations ?? Infinity) * space.seeds.length;
  if (wanted > MOST_SWEPT) throw new GraftError('sweep.too-large', { runs: wanted, most: MOST_SWEPT });
  const expansion: Expansion = { combinations, entries: [], invalid: [], duplicates: 0 };
  const recipes = new Map<string, { key: string; recipe: Recipe }>();
  for (const index of chosenIndices(combinations, space.random)) {
    const choice = choiceAt(space.axes, index);
    const key = keyOf(choice);
    try {
      const recipe = recipeOf(space.base, choice, know);
      const asked = JSON.stringify({ ...recipe, seed: 0 });
      if (recipes.has(asked)) expansion.duplicates++;
      else recipes.set(asked, { key, recipe });
    } catch (error) {
      if (!(error instanceof GraftError) || isMisspelt(error)) throw error;
      expansion.invalid.push({ key, problem: String(error.params.detail ?? error.message) });
    }
  }
  const unique = distinctKeys([...recipes.values()]);
  expansion.entries = space.seeds.flatMap((seed) =>
    unique.map(({ key, recipe }) => ({ key, seed, recipe: { ...recipe, seed } })),
  );
  return expansion;
}

type Choice = readonly { field: string; value: unknown }[];

/** A field no recipe has is a mistake in the space, not in a combination. */
const isMisspelt = ({ params }: GraftError): boolean =>
  String(params.detail).startsWith('there is no such field');

/** All, or as many different ones as are asked for, in ascending order. */
function chosenIndices(combinations: number, random: SweepSpace['random']): number[] {
  if (!random || random.combinations >= combinations)
    return Array.from({ length: combinations }, (_, i) => i);
  const draw: Random = seededRandom(random.seed);
  const chosen = new Set<number>();
  while (chosen.size < random.combinations) chosen.add(integerIn(draw, 0, combinations - 1));
  return [...chosen].sort((a, b) => a - b);
}

/** The combination at a place in the grid, the last axis turning fastest. */
function choiceAt(axes: SweepSpace['axes'], index: number): Choice {
  const choice: { field: string; value: unknown }[] = [];
  let rest = index;
  for (const { field, values } of axes.toReversed()) {
    choice.unshift({ field, value: values[rest % values.length] });
    rest = Math.floor(rest / values.length);
  }
  return choice;
}

/** The backbone first, since others depend on it; then the cut; then fields as they stand. */
function recipeOf(base: Recipe, choice: Choice, know: KnowBackbone): Recipe {
  const draft = structuredClone(base) as RecipeDraft & Recipe;
  const of = (field: string) => choice.find((one) => one.field === field)?.value;
  if (of('backbone') !== undefined) setBackbone(draft, of('backbone'), know);
  for (const { field, value } of choice) {
    if (field === 'cut') setCut(draft, String(value), know);
    else if (field !== 'backbone') setField(draft, field, value);
  }
  return checkedRecipe(draft);
}

/** Another backbone has another input size and other blocks: the stages train from its own default cut. */
function setBackbone(draft: Recipe, value: unknown, know: KnowBackbone): void {
  const source = backboneSource.safeParse(value);
  const facts = source.success ? know(source.data) : null;
  if (!source.success || !facts) throw unfit('backbone', `there is no backbone ${JSON.stringify(value)}`);
  if (draft.backbone === null) throw unfit('backbone', 'the recipe carries no backbone over');
  draft.backbone = source.data;
  draft.input.size = facts.inputSize;
  for (const stage of draft.stages) {
    if (stage.train.what === 'head') continue;
    if (facts.frozenOnly) throw unfit('backbone', 'nothing of this backbone can be trained');
    if (stage.train.what === 'layers') throw unfit('backbone', 'the recipe names layers of another backbone');
    if (stage.train.what === 'from' && !facts.blocks.includes(stage.train.block))
      stage.train.block = facts.cut;
  }
}

function setCut(draft: Recipe, block: string, know: KnowBackbone): void {
  const facts = draft.backbone && know(draft.backbone);
  const last = draft.stages.at(-1);
  if (!last || last.train.what === 'head') throw unfit('cut', 'the last stage trains the head alone');
  if (!facts?.blocks.includes(block))
    throw unfit('cut', `there is no block ${block}; known here: ${facts?.blocks.join(', ') ?? '-'}`);
  last.train = { what: 'from', block };
}

const unfit = (at: string, detail: string): GraftError => new GraftError('recipe.invalid', { at, detail });

/** What tells a combination from the others: `learningRate=0.001 · cut=block_13`. */
function keyOf(choice: Choice): string {
  return choice.map(({ field, value }) => `${field.split('.').at(-1)}=${shortValue(value)}`).join(' · ');
}

function shortValue(value: unknown): string {
  const source = backboneSource.safeParse(value);
  if (source.success) return source.data.from === 'run' ? `run:${source.data.run}` : source.data.arch;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return '{…}';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Keys that fit a series, each another. */
function distinctKeys(all: readonly { key: string; recipe: Recipe }[]): { key: string; recipe: Recipe }[] {
  const seen = new Set<string>();
  return all.map(({ key: full, recipe }, index) => {
    const short = full.slice(0, MOST_KEY) || recipe.kind;
    const key = seen.has(short) ? `${short.slice(0, MOST_KEY - 6)} #${index + 1}` : short;
    seen.add(key);
    return { key, recipe };
  });
}
