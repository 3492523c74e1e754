import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { MadeWith, Run } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import type { Recipe } from '../../../shared/recipe/recipe.ts';
import type { RunRow } from '../../store/queries/runs/runs.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import { writeJson } from '../json-file.ts';
import type { OpenProject } from '../project-keeper.ts';
import { datasetOf, type Dataset } from './dataset.ts';
import { madeWith } from './made-with.ts';
import { planRun } from './plan.ts';
import { freezingProof, isResumable, removeRuns, requireModel, runFolder } from './run-files.ts';
import { shownRun } from './shown-run.ts';
import { Training } from './training.ts';

const NO_SECONDS = { decode: 0, features: 0, train: 0, evaluate: 0 };

interface Started {
  run: Run;
  /** Settles with the run once it has ended; rejects when it failed or was interrupted. */
  finished: Promise<Run>;
}

/** The training runs of the open project. One trains at a time. */
export class RunService {
  readonly #lab: LabContext;
  #training: Training | undefined;

  constructor(lab: LabContext) {
    this.#lab = lab;
  }

  /**
   * Starts a run. Its recipe says everything it depends on, the data's revision and split included.
   * @throws GraftError run.busy, run.no-items, run.one-class, run.unknown, file.unwritable
   */
  start(recipe: Recipe, name?: string, group: string | null = null): Started {
    const project = this.#lab.projects.current;
    this.#refuseWhileTraining(project);
    if (recipe.backbone?.from === 'run') requireModel(project, rowOf(project, recipe.backbone.run));
    const dataset = datasetOf(project, recipe.data);
    const { revision } = project.store.project.get();
    const { collection, folds } = recipe.data;
    const data = { collection, folds, revision, splitHash: dataset.splitHash };
    const made = madeWith(this.#lab, project, recipe, dataset.items);
    const run = insertRun(project, { ...recipe, data }, dataset, { name, group, made });
    this.#lab.projects.changed();
    return this.#train(project, run, dataset, false);
  }

  /**
   * Lets a paused run train on, or starts an interrupted or stopped one again from its checkpoint.
   * @throws GraftError run.not-resumable, run.data-changed, run.busy
   */
  resume(id: string): Started['run'] {
    const project = this.#lab.projects.current;
    const run = rowOf(project, id);
    const training = this.#trainingOf(id);
    if (training) {
      training.control('resume');
      return shownRun(project, run);
    }
    this.#refuseWhileTraining(project);
    if (!isResumable(project, run)) {
      throw new GraftError('run.not-resumable', { name: run.name, status: run.status });
    }
    const dataset = datasetOf(project, run.recipe.data, run.classIds);
    if (dataset.splitHash !== run.recipe.data.splitHash) {
      throw new GraftError('run.data-changed', { name: run.name });
    }
    const again: RunRow = { ...run, status: 'running', finishedAt: null, error: null };
    project.store.runs.update(again);
    return this.#train(project, again, dataset, true).run;
  }

  /** @throws GraftError run.idle when the run is not training */
  control(id: string, action: 'pause' | 'stop'): void {
    const run = rowOf(this.#lab.projects.current, id);
    const training = this.#trainingOf(id);
    if (!training) throw new GraftError('run.idle', { name: run.name, status: run.status });
    training.control(action);
  }

  stopIfTraining(id: string): void {
    this.#trainingOf(id)?.control('stop');
  }

  /** Removes runs for good, with their files. @throws GraftError run.active, run.unknown before any is removed */
  async remove(ids: readonly string[]): Promise<void> {
    const project = this.#lab.projects.current;
    for (const id of ids) {
      if (!project.store.runs.has(id)) throw new GraftError('run.unknown', { id });
      if (this.#trainingOf(id)) throw new GraftError('run.active', { name: rowOf(project, id).name });
    }
    await removeRuns(project, ids);
    this.#lab.projects.changed();
    this.#lab.events.emit('runs.changed', {});
  }

  rename(id: string, name: string): Run {
    const project = this.#lab.projects.current;
    project.store.runs.update({ ...rowOf(project, id), name: name.trim() });
    const run = shownRun(project, rowOf(project, id));
    this.#lab.events.emit('run.changed', run);
    return run;
  }

  #train(project: OpenProject, run: RunRow, dataset: Dataset, resume: boolean): Started {
    const about = { kind: 'run' as const, subject: run.name, run: run.id };
    const { result } = this.#lab.jobs.start(about, async (job) => {
      const training = new Training(this.#lab, project, run, dataset, resume, job);
      this.#training = training;
      return training.finish(dataset);
    });
    const shown = shownRun(project, run);
    this.#lab.events.emit('run.changed', shown);
    return { run: shown, finished: result };
  }

  #trainingOf(id: string): Training | undefined {
    return this.#training?.active && this.#training.run === id ? this.#training : undefined;
  }

  #refuseWhileTraining(project: OpenProject): void {
    const active = project.store.runs.unfinished()[0];
    if (active) throw new GraftError('run.busy', { name: active.name, number: active.number });
  }
}

export function runHandlers(lab: LabContext, runs: RunService): HandlersOf<'runs' | 'runGroups'> {
  const current = () => lab.projects.current;
  return {
    'runs.plan': ({ recipe }) => planRun(lab, recipe),
    async 'runs.start'({ recipe, name }) {
      await lab.devices.settled;
      return runs.start(recipe, name).run;
    },
    'runs.list': ({ limit }) =>
      current()
        .store.runs.newest(limit)
        .map((run) => shownRun(current(), run)),
    'runs.get': ({ id }) => ({
      run: shownRun(current(), rowOf(current(), id)),
      epochs: current().store.epochs.ofRun(id),
    }),
    'runs.freezing': ({ id }) => freezingProof(current(), rowOf(current(), id).id),
    'runs.pause'({ id }) {
      runs.control(id, 'pause');
      return null;
    },
    async 'runs.resume'({ id }) {
      await lab.devices.settled;
      return runs.resume(id);
    },
    'runs.stop'({ id }) {
      runs.control(id, 'stop');
      return null;
    },
    'runs.rename': ({ id, name }) => runs.rename(id, name),
    'runGroups.list': () => current().store.runGroups.all(),
  };
}

/** @throws GraftError run.unknown */
export function rowOf({ store }: OpenProject, id: string): RunRow {
  const run = store.runs.byId(id);
  if (!run) throw new GraftError('run.unknown', { id });
  return run;
}

/** The folder and its recipe come first: a row never stands for a run that has no place. */
function insertRun(
  project: OpenProject,
  recipe: Recipe,
  dataset: Dataset,
  { name, group, made }: { name?: string; group: string | null; made: MadeWith },
): RunRow {
  const { store } = project;
  return store.transaction(() => {
    const number = store.runs.nextNumber();
    const run: RunRow = {
      id: `${String(number).padStart(4, '0')}-${randomBytes(3).toString('hex')}`,
      number,
      name: name?.trim() || defaultName(recipe),
      group,
      status: 'running',
      recipe,
      classes: dataset.classes,
      classIds: dataset.classIds,
      createdAt: new Date().toISOString(),
      finishedAt: null,
      seconds: NO_SECONDS,
      imagesPerSecond: null,
      params: null,
      frozenUnchanged: null,
      device: '',
      bestEpoch: null,
      error: null,
    };
    writeJson(join(runFolder(project, run.id), 'recipe.json'), recipe);
    store.runs.insert(run);
    store.provenance.put(run.id, made);
    store.audit.note('run.start', { run: run.id, name: run.name });
    return run;
  });
}

function defaultName({ kind, backbone }: Recipe): string {
  if (!backbone) return kind;
  return backbone.from === 'library' ? `${kind} ${backbone.arch}` : `${kind} ${backbone.run}`;
}
