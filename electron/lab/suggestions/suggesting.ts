import type { Agreement } from '../../../shared/contract/data/items.ts';
import { derivedSeed, seededRandom, shuffle } from '../../../shared/random.ts';
import type { EngineResult } from '../../engine/protocol.ts';
import type { StoredSuggestions } from '../../store/queries/items/suggestions.ts';
import type { Store } from '../../store/store.ts';
import type { InstalledBackbone } from '../checks/examination.ts';
import type { LabContext } from '../context.ts';
import { requestUntil, throwIfCancelled } from '../engine-call.ts';
import { absolutePath } from '../items/item-paths.ts';
import type { JobProgress } from '../jobs.ts';
import type { OpenProject } from '../project-keeper.ts';
import { featureRecipe } from './backbone.ts';
import { queueAfter } from './queue.ts';

/** A head needs this many labels each of this many classes: one to learn from and one to hold out. */
const FEWEST_CLASSES = 2;
const FEWEST_LABELS = 2;
/** Items whose features are asked for at a time. */
const WINDOW = 4096;
const SEED = 42;
/** Labelled items are judged anew once there are this many more, as a share of them and at least so many. */
const JUDGED_AGAIN = { share: 0.05, labels: 10 };

/** The usable items with the classes of their labels, as the engine is asked about them. */
export interface Labels {
  ids: Int32Array;
  /** Index in `classIds`, -1 for no label. */
  y: Int32Array;
  classIds: number[];
  count: number;
}

export interface Place {
  after?: number | undefined;
  ahead: number;
}

type Suggested = NonNullable<EngineResult<'suggest'>['suggested']>;
type Judgement = NonNullable<EngineResult<'judgeSuggestions'>['judgement']>;

/** Null while there are too few labels to learn from. */
export function labelsOf(store: Store): Labels | null {
  const rows = store.suggestions.usable();
  const counts = new Map<number, number>();
  for (const [, classId] of rows) if (classId !== null) counts.set(classId, (counts.get(classId) ?? 0) + 1);
  if (!enoughLabels(counts.values())) return null;
  const classIds = [...counts.keys()].sort((a, b) => a - b);
  const indices = new Map(classIds.map((id, index) => [id, index]));
  return {
    ids: Int32Array.from(rows, ([id]) => id),
    y: Int32Array.from(rows, ([, classId]) => (classId === null ? -1 : indices.get(classId)!)),
    classIds,
    count: [...counts.values()].reduce((sum, count) => sum + count, 0),
  };
}

/** Whether these counts of labels per class are enough to learn from. */
export function enoughLabels(counts: Iterable<number>): boolean {
  return [...counts].filter((count) => count >= FEWEST_LABELS).length >= FEWEST_CLASSES;
}

/** Whether labelled items are to be judged again: it takes several times as long as the suggestions alone. */
export function judgesAgain(before: StoredSuggestions | null, { count }: Labels): boolean {
  if (!before) return true;
  const more = Math.abs(count - before.judgedAt);
  return more >= Math.max(JUDGED_AGAIN.labels, JUDGED_AGAIN.share * count);
}

/** Name of what the engine holds: other weights or another project hold something else. */
export const keyOf = ({ dir }: OpenProject, { weights }: InstalledBackbone): string =>
  `${dir}\n${weights.id}`;

/** Has the engine compute and hold the features of items, in windows: none of them takes the lab long. */
export async function holdMissing(
  lab: LabContext,
  project: OpenProject,
  backbone: InstalledBackbone,
  missing: Int32Array,
  { signal, progress }: { signal: AbortSignal; progress(progress: JobProgress): void },
): Promise<void> {
  const recipe = featureRecipe(backbone);
  const total = project.store.suggestions.usable().length;
  // In no order: the first window decides how all are projected, and is to be like the rest.
  const ids = shuffle([...missing], seededRandom(derivedSeed(SEED, missing.length)));
  const tell = (done: number) => progress({ phase: 'features', done, total: ids.length });
  tell(0);
  for (let start = 0; start < ids.length; start += WINDOW) {
    throwIfCancelled(signal);
    const rows = project.store.items.byIds(ids.slice(start, start + WINDOW));
    const items = rows.map(({ id, path, sha256 }) => ({
      id,
      path: absolutePath(project.dir, path),
      sha256,
      classIndex: -1,
      split: 'train' as const,
    }));
    const params = { key: keyOf(project, backbone), total, recipe, items, places: project.places };
    await requestUntil(signal, lab.engines.compute, 'holdFeatures', params, ({ done }) => tell(start + done));
  }
}

/**
 * What is stored of an answer. Of items with a label, what was said before stays: it was said without knowing it.
 */
export function storedFrom(
  store: Store,
  { architecture, weights }: InstalledBackbone,
  labels: Labels,
  suggested: Suggested,
  place: Place,
  revision: number,
): StoredSuggestions {
  const before = store.suggestions.get();
  const { ids, y, classIds: classes } = labels;
  const classIds = suggested.classes.map((index) => (index < 0 ? -1 : classes[index]!));
  const { probabilities, seconds } = suggested;
  ids.forEach((id, at) => {
    const said = y[at]! < 0 ? undefined : store.suggestions.ofItem(id);
    if (!said) return;
    classIds[at] = said.classId;
    probabilities[at] = said.probability;
  });
  return {
    madeAt: new Date().toISOString(),
    revision,
    backbone: architecture.title,
    weights: weights.id,
    labels: labels.count,
    classes: classes.length,
    seconds,
    judgedAt: before?.judgedAt ?? 0,
    judged: before?.judged ?? 0,
    agreeing: before?.agreeing ?? 0,
    ids,
    classIds,
    probabilities,
    ranks: queueAfter(before, ids, suggested.ranks, place),
  };
}

/** Suggestions with what was found of labelled items. Of those that could not be judged, what was said before stays. */
export function withJudgement(
  made: StoredSuggestions,
  { y, classIds: classes, count }: Labels,
  { judged, agreeing, ...said }: Judgement,
): StoredSuggestions {
  const classIds = made.classIds.slice();
  const probabilities = made.probabilities.slice();
  y.forEach((label, at) => {
    const index = said.classes[at]!;
    if (label < 0 || index < 0) return;
    classIds[at] = classes[index]!;
    probabilities[at] = said.probabilities[at]!;
  });
  const madeAt = new Date().toISOString();
  return { ...made, madeAt, classIds, probabilities, judgedAt: count, judged, agreeing };
}

/** How many items there are of each agreement, with the labels given. */
export function agreementCounts(
  made: Pick<StoredSuggestions, 'ids' | 'classIds'>,
  classOf: (id: number) => number | null,
): Record<Agreement, number> {
  const counts = { suggested: 0, agrees: 0, disagrees: 0 };
  made.ids.forEach((id, at) => {
    const said = made.classIds[at]!;
    if (said < 0) return;
    const label = classOf(id);
    if (label === null) counts.suggested++;
    else if (label === said) counts.agrees++;
    else counts.disagrees++;
  });
  return counts;
}

/** The item that stands for the copies of an item, `[ids]`: itself, where it has none. */
export function copiesOf(ids: Int32Array, groupOf: ReadonlyMap<number, string>): Int32Array {
  const first = new Map<string, number>();
  return ids.map((id) => {
    const group = groupOf.get(id);
    if (group === undefined) return id;
    if (!first.has(group)) first.set(group, id);
    return first.get(group)!;
  });
}
