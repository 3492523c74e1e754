import { createHash } from 'node:crypto';
import type { Run, Split } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import type { Recipe } from '../../../shared/recipe/recipe.ts';
import { dealSplits, defaultShares } from '../../../shared/splitting/split.ts';
import type { DatasetItem } from '../../engine/protocol.ts';
import type { FoldItem } from '../../store/queries/runs/folds.ts';
import type { UsableItem } from '../../store/queries/items/items.ts';
import { absolutePath } from '../items/item-paths.ts';
import type { OpenProject } from '../project-keeper.ts';

/** What a run is trained and tested on. */
export interface Dataset {
  /** Class names in the order of the outputs: the project's order, of classes that have items. */
  classes: string[];
  classIds: number[];
  items: DatasetItem[];
  /** Labelled, readable items that are in no split, and so take no part. */
  unsplit: number;
  /** SHA-256 in hex over the ids of every item and its class, and its split: equal for equal training data. */
  splitHash: string;
}

/**
 * The labelled, readable, not excluded items of a collection (null: of all), as training takes them. A run that goes
 * on gives its own classes, because their order in the project may have changed meanwhile.
 * @throws GraftError run.no-items, run.one-class
 */
export function datasetOf(
  project: OpenProject,
  { collection, folds }: Pick<Recipe['data'], 'collection' | 'folds'>,
  runClasses?: Run['classIds'],
): Dataset {
  const usable = usableItems(project, { collection, folds });
  const dealt = usable.filter((item): item is Dealt => item.split !== null);
  const name = collection ?? project.store.project.get().name;
  if (!dealt.some(({ split }) => split === 'train')) {
    throw new GraftError('run.no-items', { collection: name });
  }
  const present = new Set(dealt.map(({ classId }) => classId));
  const classes = project.store.classes.all().filter(({ id }) => present.has(id));
  if (runClasses) classes.sort((a, b) => runClasses.indexOf(a.id) - runClasses.indexOf(b.id));
  if (classes.length < 2)
    throw new GraftError('run.one-class', { collection: name, classes: classes.length });
  const indices = new Map(classes.map(({ id }, index) => [id, index]));
  return {
    classes: classes.map(({ name: className }) => className),
    classIds: classes.map(({ id }) => id),
    items: dealt.map((item) => datasetItem(project.dir, item, indices)),
    unsplit: usable.length - dealt.length,
    splitHash: hashOf(dealt),
  };
}

function usableItems(
  { store }: OpenProject,
  { collection, folds }: Pick<Recipe['data'], 'collection' | 'folds'>,
): UsableItem[] {
  const items = store.items.usable(collection);
  return folds ? heldOut(items, store.folds.ofPlan(folds.plan), folds.held) : items;
}

/** Of the items that are not held out, this share tells when to stop training: as much as of a plain split. */
const VALIDATION_SHARE = defaultShares.validation / (1 - defaultShares.test);

/** Items of a cross-validation: the fold held out is the test split, whatever split they have in the project. */
function heldOut(items: UsableItem[], plan: Map<number, FoldItem>, held: number): UsableItem[] {
  const rest = items.filter(({ id }) => plan.has(id) && plan.get(id)!.fold !== held);
  const shares = { train: 1 - VALIDATION_SHARE, validation: VALIDATION_SHARE, test: 0 };
  const dealt = dealSplits(
    rest.map(({ id, classId }) => ({ id, classId, cluster: plan.get(id)!.cluster })),
    shares,
    held,
  );
  const splitOf = (id: number) => (plan.get(id)?.fold === held ? ('test' as const) : (dealt.get(id) ?? null));
  return items.map((item) => ({ ...item, split: splitOf(item.id) }));
}

/**
 * The items of a split with the classes of a run, by the ids of these; items of other classes are left out.
 * @throws GraftError evaluation.no-items
 */
export function itemsToEvaluate(
  project: OpenProject,
  runClasses: Run['classIds'],
  { collection, folds }: Pick<Recipe['data'], 'collection' | 'folds'>,
  split: Split,
): DatasetItem[] {
  const indices = new Map(runClasses.flatMap((id, index) => (id === null ? [] : [[id, index] as const])));
  const items = usableItems(project, { collection, folds })
    .filter((item): item is Dealt => item.split === split && indices.has(item.classId))
    .map((item) => datasetItem(project.dir, item, indices));
  if (items.length === 0) {
    const name = collection ?? project.store.project.get().name;
    throw new GraftError('evaluation.no-items', { collection: name, split });
  }
  return items;
}

type Dealt = UsableItem & { split: Split };

function datasetItem(dir: string, item: Dealt, indices: Map<number, number>): DatasetItem {
  return {
    id: item.id,
    path: absolutePath(dir, item.path),
    sha256: item.sha256,
    classIndex: indices.get(item.classId)!,
    split: item.split,
  };
}

function hashOf(items: Dealt[]): string {
  const hash = createHash('sha256');
  for (const { id, classId, split } of items) hash.update(`${id}\t${classId}\t${split}\n`);
  return hash.digest('hex');
}
