import type { Architecture, WeightsEntry } from '../../../shared/contract/index.ts';
import { derivedSeed, seededRandom, shuffle } from '../../../shared/random.ts';
import { defaultRecipe } from '../../../shared/recipe/recipe.ts';
import { labelErrors } from '../../evaluation/dataset/label-errors.ts';
import { outside, quantile } from '../../evaluation/dataset/outliers.ts';
import type { EngineParams, EngineResult, Places } from '../../engine/protocol.ts';
import type { CheckedItem, NewFinding } from '../../store/queries/items/checks.ts';
import { absolutePath } from '../items/item-paths.ts';

/** Parts of the cross-validation; a class with fewer items cannot be judged. */
const FOLDS = 5;
const SEED = 42;
/**
 * Labels are judged by a head that explains at least this share of their uncertainty (McFadden's pseudo R²): a head
 * that can hardly tell the classes apart calls every hard picture mislabelled.
 */
const LEAST_EXPLAINED = 0.5;
/** Beyond this many, a seeded sample is examined: their features, several times over, lie in memory together. */
const MOST_EXAMINED = 20_000;

export interface InstalledBackbone {
  architecture: Architecture;
  weights: WeightsEntry;
}

/**
 * The backbone that looks at the pictures: the weights asked for, else those with the best published top-1, the
 * smaller ones where they agree; null when there are none.
 */
export function chooseBackbone(zoo: readonly Architecture[], wanted?: string): InstalledBackbone | null {
  const installed = zoo.flatMap((architecture) =>
    architecture.installed.map((weights) => ({ architecture, weights })),
  );
  if (wanted !== undefined) return installed.find(({ weights }) => weights.id.startsWith(wanted)) ?? null;
  const ranked = installed.sort(
    (a, b) =>
      (b.architecture.top1 ?? 0) - (a.architecture.top1 ?? 0) ||
      b.weights.alpha - a.weights.alpha ||
      a.weights.bytes - b.weights.bytes,
  );
  return ranked[0] ?? null;
}

/** What is examined: the items, and their classes in the order of the probabilities. */
export interface Examined {
  items: CheckedItem[];
  classIds: number[];
}

/** The labelled items of classes that can be cross-validated; null when fewer than two classes can. */
export function examinedItems(items: readonly CheckedItem[]): Examined | null {
  const counts = new Map<number, number>();
  for (const { classId } of items) if (classId !== null) counts.set(classId, (counts.get(classId) ?? 0) + 1);
  const classIds = [...counts].filter(([, count]) => count >= FOLDS).map(([id]) => id);
  if (classIds.length < 2) return null;
  const judged = items.filter(({ classId }) => classId !== null && counts.get(classId)! >= FOLDS);
  const drawn =
    judged.length <= MOST_EXAMINED
      ? judged
      : shuffle([...judged], seededRandom(derivedSeed(SEED, judged.length))).slice(0, MOST_EXAMINED);
  return { items: drawn, classIds: classIds.sort((a, b) => a - b) };
}

/** The engine's question. The recipe is the plain one of frozen features, so that training finds them cached. */
export function examinationOf(
  { items, classIds }: Examined,
  groupOf: ReadonlyMap<number, number>,
  { architecture, weights }: InstalledBackbone,
  dir: string,
  places: Places,
): EngineParams<'examine'> {
  const backbone = {
    from: 'library' as const,
    arch: architecture.id,
    weights: weights.id,
    alpha: weights.alpha,
  };
  const indices = new Map(classIds.map((id, index) => [id, index]));
  return {
    recipe: defaultRecipe('features', backbone, architecture.inputSize),
    classes: classIds.map(String),
    items: items.map(({ id, path, sha256, classId, split }) => ({
      id,
      path: absolutePath(dir, path),
      sha256,
      classIndex: indices.get(classId!)!,
      split: split ?? 'train',
    })),
    groups: items.map(({ id }) => groupOf.get(id)!),
    hashes: items.map(({ dhash }) => dhash),
    folds: FOLDS,
    seed: SEED,
    places,
  };
}

/** Whether the cross-validated head knows the classes well enough to say that a label is wrong. */
export function canJudgeLabels({ items }: Examined, { logLoss }: EngineResult<'examine'>): boolean {
  const counts = new Map<number, number>();
  for (const { classId } of items) counts.set(classId!, (counts.get(classId!) ?? 0) + 1);
  const shares = [...counts.values()].map((count) => count / items.length);
  const uncertainty = -shares.reduce((sum, share) => sum + share * Math.log(share), 0);
  return 1 - logLoss / uncertainty >= LEAST_EXPLAINED;
}

/** Probable label errors by confident learning, and pictures far from all others. */
export function examinationFindings(examined: Examined, result: EngineResult<'examine'>): NewFinding[] {
  const { items, classIds } = examined;
  const { ids, probabilities, distances } = result;
  const classOf = new Map(items.map(({ id, classId }) => [id, classId!]));
  const indices = new Map(classIds.map((id, index) => [id, index]));
  const y = ids.map((id) => indices.get(classOf.get(id)!)!);
  const judged = canJudgeLabels(examined, result);
  const errors = judged ? labelErrors({ p: probabilities, y, classes: classIds.length }) : [];
  const usual = quantile(Float64Array.from(distances).filter(Number.isFinite).sort(), 0.5);
  return [
    ...errors.map(({ item, given, suggested, margin, selfConfidence }): NewFinding => {
      const percent = Math.round(100 * Math.min(1, selfConfidence - margin));
      return {
        kind: 'label-error',
        key: `${ids[item]} ${classIds[given]}`,
        score: margin,
        suggestedClass: classIds[suggested],
        params: { percent },
        items: [{ id: ids[item]!, classId: classIds[given]! }],
      };
    }),
    ...outside(distances).map((row): NewFinding => {
      const times = distances[row]! / usual;
      const item = { id: ids[row]!, classId: classOf.get(ids[row]!)! };
      return {
        kind: 'outlier',
        key: String(item.id),
        score: -times,
        params: { times: times.toFixed(1) },
        items: [item],
      };
    }),
  ];
}
