import { randomBytes } from 'node:crypto';
import type { MethodName, SplitState, TestLooks } from '../../../shared/contract/index.ts';
import { GraftError, toGraftError } from '../../../shared/errors.ts';
import type { RunRow } from '../../store/queries/runs/runs.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import type { OpenProject } from '../project-keeper.ts';
import { datasetOf } from '../runs/dataset.ts';
import { rowOf } from '../runs/runs.ts';

/** Looks named in the list; the rest is counted. */
const LATEST = 20;
/**
 * Runs judged on one test split after which the best of them is likely to be flattered by it. No sharp border: with
 * plain reuse the error of the best grows with the number of looks (Dwork et al. 2015, Blum & Hardt 2015).
 */
const MANY_RUNS = 10;

/** Methods that show results, and what their look is called. The others of a screen only add detail to it. */
const looking: Partial<Record<MethodName, string>> = {
  'evaluations.get': 'results',
  'comparisons.get': 'compare',
};

interface Asked {
  run?: string;
  runs?: string[];
  split?: string;
  collection?: string | null;
}

/** Counts looks at the test split, and keeps it shut while it is sealed. */
export class TestLookService {
  readonly #lab: LabContext;
  /** One opening of Graft: looks at a run within it count once. */
  readonly #session = randomBytes(8).toString('hex');

  constructor(lab: LabContext) {
    this.#lab = lab;
  }

  /** Handlers that show results on a split, made to respect the seal and to be counted. */
  watched<H extends object>(handlers: H): H {
    const entries = Object.entries(handlers as Record<string, (asked: Asked) => unknown>);
    return Object.fromEntries(
      entries.map(([method, handler]) => [
        method,
        async (asked: Asked) => {
          const runs = this.#judgedOnTest(asked);
          if (runs.length > 0 && this.#store.testLooks.sealed()) throw new GraftError('test.sealed');
          const result = await handler(asked);
          const via = looking[method as MethodName];
          if (via !== undefined) this.#note(runs, via);
          return result;
        },
      ]),
    ) as H;
  }

  get(): TestLooks {
    const { testLooks } = this.#store;
    const counts = testLooks.counts();
    return {
      ...counts,
      sealed: testLooks.sealed(),
      worn: counts.runs > MANY_RUNS,
      latest: testLooks.last(LATEST),
    };
  }

  seal(sealed: boolean): TestLooks {
    const { projects, events } = this.#lab;
    const { store } = projects.current;
    store.transaction(() => {
      store.testLooks.setSealed(sealed);
      store.audit.note(sealed ? 'test.seal' : 'test.open', { ...store.testLooks.counts() });
    });
    projects.changed();
    events.emit('runs.changed', {});
    return this.get();
  }

  get #store() {
    return this.#lab.projects.current.store;
  }

  /** The runs whose results on the project's own test split are asked for. */
  #judgedOnTest({ run, runs = [], split, collection = null }: Asked): RunRow[] {
    if (split !== 'test') return [];
    return [...runs, ...(run === undefined ? [] : [run])]
      .flatMap((id) => this.#store.runs.byId(id) ?? [])
      .filter(({ recipe: { data } }) => !data.folds && (collection ?? data.collection) === data.collection);
  }

  #note(runs: readonly RunRow[], via: string): void {
    const at = new Date().toISOString();
    const from = `${this.#lab.options.host} ${via}`;
    this.#store.transaction(() => {
      for (const { id, number } of runs) {
        this.#store.testLooks.note({ at, run: id, number, via: from }, this.#session);
      }
    });
  }
}

/** Whether what a run says of test items is not to be seen: a fold's held-out items are not the project's test split. */
export const hidesTest = ({ store }: OpenProject, { recipe }: RunRow): boolean =>
  store.testLooks.sealed() && !recipe.data.folds;

export function testLookHandlers(lab: LabContext, looks: TestLookService): HandlersOf<'testLooks'> {
  return {
    'testLooks.get': () => looks.get(),
    'testLooks.seal': ({ sealed }) => looks.seal(sealed),
    'testLooks.splitState': ({ id }) => splitState(lab.projects.current, rowOf(lab.projects.current, id)),
  };
}

/** Where the test items a run was judged on are now. */
function splitState(project: OpenProject, { id, recipe, classIds }: RunRow): SplitState {
  const { store } = project;
  const hash = recipe.data.splitHash ?? null;
  const nothing = { judged: 0, moved: 0, gone: 0, hash, same: true };
  const stored = recipe.data.folds ? undefined : store.predictions.get(id, null, 'test');
  if (!stored) return nothing;
  const items = new Map(store.items.byIds([...stored.ids]).map((item) => [item.id, item]));
  let [moved, gone] = [0, 0];
  stored.ids.forEach((item, at) => {
    const now = items.get(item);
    const usable = now && !now.excluded && now.classId === classIds[stored.truths[at]!];
    if (usable && now.split !== 'test' && now.split !== null) moved++;
    else if (!usable || now.split === null) gone++;
  });
  return {
    judged: stored.ids.length,
    moved,
    gone,
    hash,
    same: hash === null || hash === hashNow(project, recipe),
  };
}

/** null when the data as they are now cannot be trained on at all. */
function hashNow(project: OpenProject, { data }: RunRow['recipe']): string | null {
  try {
    return datasetOf(project, data).splitHash;
  } catch (error) {
    if (toGraftError(error).code === 'internal') throw error;
    return null;
  }
}
