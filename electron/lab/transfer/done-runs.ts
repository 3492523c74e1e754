import type { SeriesEntry } from '../../../shared/contract/index.ts';
import { recipeSchema, type Recipe } from '../../../shared/recipe.ts';
import type { RunRow } from '../../store/queries/runs.ts';
import type { OpenProject } from '../project-keeper.ts';
import { datasetOf } from '../runs/dataset.ts';

/** What a recipe asks for, as text: what a run stored of the data it met is no part of it. */
export function askedOf(recipe: Recipe): string {
  // Through the schema, so that fields stand in one order.
  const { collection, folds } = recipe.data;
  return JSON.stringify(recipeSchema.parse({ ...recipe, data: { collection, folds } }));
}

/** The runs of the project by what their recipes ask for, on the data as they are now. */
export class DoneRuns {
  readonly #project: OpenProject;
  readonly #byAsked = new Map<string, RunRow[]>();
  readonly #splitHashes = new Map<string, string>();

  constructor(project: OpenProject) {
    this.#project = project;
    for (const run of project.store.runs.newest()) {
      const key = askedOf(run.recipe);
      this.#byAsked.set(key, [...(this.#byAsked.get(key) ?? []), run]);
    }
  }

  /** The latest run that did all an entry asks for, and was judged; undefined when there is none. */
  of({ recipe }: Pick<SeriesEntry, 'recipe'>): RunRow | undefined {
    return this.#same(recipe).find(({ id, status }) => status === 'done' && this.#isJudged(id));
  }

  /** A run that began what an entry asks for and ended early; undefined when there is none. */
  begunOf({ recipe }: Pick<SeriesEntry, 'recipe'>): RunRow | undefined {
    return this.#same(recipe).find(({ status }) => status === 'interrupted' || status === 'stopped');
  }

  #same(recipe: Recipe): RunRow[] {
    const { revision } = this.#project.store.project.get();
    const runs = this.#byAsked.get(askedOf(recipe)) ?? [];
    return runs.filter(
      ({ recipe: { data } }) => data.revision === revision || data.splitHash === this.#splitHash(data),
    );
  }

  #isJudged(run: string): boolean {
    return this.#project.store.summaries.ofRun(run).some(({ collection }) => collection === null);
  }

  #splitHash({ collection, folds }: Recipe['data']): string {
    const key = JSON.stringify([collection, folds]);
    const known = this.#splitHashes.get(key);
    if (known !== undefined) return known;
    const { splitHash } = datasetOf(this.#project, { collection, folds });
    this.#splitHashes.set(key, splitHash);
    return splitHash;
  }
}
