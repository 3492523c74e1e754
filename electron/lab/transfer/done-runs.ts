import type { SeriesEntry } from '../../../shared/contract/index.ts';
import { dataAsked } from '../../../shared/recipe/ladder.ts';
import { recipeSchema, type Recipe } from '../../../shared/recipe/recipe.ts';
import type { RunRow } from '../../store/queries/runs/runs.ts';
import type { OpenProject } from '../project-keeper.ts';
import { datasetOf } from '../runs/dataset.ts';

/** What a recipe asks for, as text: what a run stored of the data it met is no part of it. */
export function askedOf(recipe: Recipe): string {
  // Through the schema, so that fields stand in one order.
  return JSON.stringify(recipeSchema.parse({ ...recipe, data: dataAsked(recipe) }));
}

/** The runs of the project by what their recipes ask for, on the data as they are now. */
export class DoneRuns {
  readonly #project: OpenProject;
  /** By the recipe without its seed. */
  readonly #byAsked = new Map<string, RunRow[]>();
  readonly #splitHashes = new Map<string, string>();

  constructor(project: OpenProject) {
    this.#project = project;
    for (const run of project.store.runs.newest()) {
      const key = askedOf({ ...run.recipe, seed: 0 });
      this.#byAsked.set(key, [...(this.#byAsked.get(key) ?? []), run]);
    }
  }

  /** The latest run that did all a recipe asks for, and was judged; undefined when there is none. */
  of({ recipe }: Pick<SeriesEntry, 'recipe'>): RunRow | undefined {
    return this.everySeed(recipe).get(recipe.seed);
  }

  /** The same for every seed the recipe was run with. */
  everySeed(recipe: Recipe): Map<number, RunRow> {
    const done = this.#same(recipe).filter(({ id, status }) => status === 'done' && this.#isJudged(id));
    // The newest come first; the newest of a seed is to stay.
    return new Map(done.reverse().map((run) => [run.recipe.seed, run]));
  }

  /** A run that began what an entry asks for and ended early; undefined when there is none. */
  begunOf({ recipe }: Pick<SeriesEntry, 'recipe'>): RunRow | undefined {
    return this.#same(recipe).find(
      ({ status, recipe: { seed } }) =>
        seed === recipe.seed && (status === 'interrupted' || status === 'stopped'),
    );
  }

  #same(recipe: Recipe): RunRow[] {
    const { revision } = this.#project.store.project.get();
    const runs = this.#byAsked.get(askedOf({ ...recipe, seed: 0 })) ?? [];
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
