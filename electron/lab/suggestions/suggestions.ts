import type { Job, ParsedParams, SuggestionSummary } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import { wilsonInterval } from '../../evaluation/significance/wilson.ts';
import type { StoredSuggestions } from '../../store/queries/suggestions.ts';
import type { InstalledBackbone } from '../checks/examination.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import { requestUntil } from '../engine-call.ts';
import { copyGroups } from '../items/copy-groups.ts';
import type { JobControls } from '../jobs.ts';
import type { OpenProject } from '../project-keeper.ts';
import { suggestingBackbone } from './backbone.ts';
import {
  askEngine,
  copiesOf,
  enoughLabels,
  holdMissing,
  judgesAgain,
  keyOf,
  labelsOf,
  storedFrom,
} from './suggesting.ts';
import type { Place } from './suggesting.ts';

/** What making suggestions reports to and is ended by: a job, or nothing while it is a matter of an instant. */
type Work = Pick<JobControls, 'signal' | 'progress'>;

/** Suggestions for items without a label, by a head that is trained anew as labels come in. */
export class SuggestionService {
  readonly #lab: LabContext;
  #job: { id: string; ended: Promise<unknown> } | null = null;
  /** Makings follow each other: none takes the place of a newer one. */
  #last: Promise<unknown> = Promise.resolve();
  /** Goes up when suggestions are turned off: what is still being made is then not wanted. */
  #generation = 0;
  #copies: { check: string; groups: ReadonlyMap<number, string> } | null = null;

  constructor(lab: LabContext) {
    this.#lab = lab;
  }

  /** Makes suggestions from scratch; what is being made is ended first. */
  start(weights?: string): Job {
    const project = this.#lab.projects.current;
    if (this.#isFewLabels()) throw new GraftError('suggestions.few-labels');
    if (this.#job) this.#lab.jobs.cancel(this.#job.id);
    return this.#startJob(project, { ahead: 0 }, true, weights);
  }

  async update(place: Place): Promise<SuggestionSummary> {
    const project = this.#lab.projects.current;
    if (!project.store.suggestions.get() || this.#job || this.#isFewLabels()) return this.summary();
    const quietly: Work = { signal: new AbortController().signal, progress: () => undefined };
    const made = await this.#inTurn(() => this.#make(project, place, { hold: false }, quietly));
    if (!made && this.#isCurrent(project) && !this.#job) this.#startJob(project, place, false);
    return this.summary();
  }

  stop(): SuggestionSummary {
    const { store } = this.#lab.projects.current;
    this.#generation++;
    if (this.#job) this.#lab.jobs.cancel(this.#job.id);
    store.transaction(() => store.suggestions.clear());
    this.#lab.engines.compute.request('releaseFeatures', {}).result.catch(() => undefined);
    return this.#tell();
  }

  accept(params: ParsedParams<'suggestions.accept'>) {
    const { store } = this.#lab.projects.current;
    const { revision } = store.project.get();
    const ids =
      'ids' in params
        ? params.ids
        : store.listing.window(params.filter, 0, Number.MAX_SAFE_INTEGER, revision).ids;
    const there = new Set(store.classes.all().map(({ id }) => id));
    const labels = store.suggestions.unlabelled(ids).flatMap((id): [number, number][] => {
      const said = store.suggestions.ofItem(id);
      return said && there.has(said.classId) ? [[id, said.classId]] : [];
    });
    const changed = this.#lab.projects.edit(({ edits }) => edits.record('accept', 'class_id', labels));
    return { changed, project: this.#lab.projects.describeCurrent() };
  }

  summary(): SuggestionSummary {
    const { store } = this.#lab.projects.current;
    const stored = store.suggestions.get();
    const { revision } = store.project.get();
    return {
      last: stored && { ...described(stored), stale: stored.revision !== revision },
      job: this.#job?.id ?? null,
      fewLabels: this.#isFewLabels(),
    };
  }

  #isFewLabels(): boolean {
    return !enoughLabels(this.#lab.projects.describeCurrent().classes.map(({ count }) => count));
  }

  #isCurrent({ store }: OpenProject): boolean {
    const { projects } = this.#lab;
    return projects.isOpen && projects.current.store === store;
  }

  #startJob(project: OpenProject, place: Place, fresh: boolean, weights?: string): Job {
    const { name } = project.store.project.get();
    const { job, result } = this.#lab.jobs.start({ kind: 'suggest', subject: name }, (controls) =>
      this.#inTurn(async () => {
        await this.#make(project, place, { hold: true, fresh, weights }, controls);
        return this.summary();
      }),
    );
    const ended = result
      .catch(() => undefined)
      .then(() => {
        if (this.#job?.id === job.id) this.#job = null;
        if (this.#isCurrent(project)) this.#tell();
      });
    this.#job = { id: job.id, ended };
    this.#tell();
    return job;
  }

  /** Returns false when features are missing and were not to be computed. */
  async #make(
    project: OpenProject,
    place: Place,
    { hold, fresh = false, weights }: { hold: boolean; fresh?: boolean; weights?: string | undefined },
    work: Work,
  ): Promise<boolean> {
    const { store } = project;
    const generation = this.#generation;
    const { revision } = store.project.get();
    const labels = labelsOf(store);
    if (!labels) throw new GraftError('suggestions.few-labels');
    const backbone = await this.#chooseBackbone(project, work.signal, weights);
    const before = store.suggestions.get();
    const sameHead = before?.weights === backbone.weights.id;
    const validate = fresh || !sameHead || judgesAgain(before, labels);
    const { ids, y, classIds } = labels;
    const groups = validate ? copiesOf(ids, this.#copyGroups(project)) : ids;
    const request = { key: keyOf(project, backbone), ids, y, groups, classIds, validate };
    let answer = await askEngine(this.#lab, work.signal, request);
    if (!answer.suggested) {
      if (!hold) return false;
      await holdMissing(this.#lab, project, backbone, answer.missing, work);
      work.progress({ phase: 'train', done: 0, total: 0 });
      answer = await askEngine(this.#lab, work.signal, request);
    }
    const { suggested } = answer;
    if (!suggested || !this.#isCurrent(project) || generation !== this.#generation)
      throw new GraftError('cancelled');
    store.transaction(() =>
      store.suggestions.put(storedFrom(store, backbone, labels, suggested, place, revision)),
    );
    this.#tell();
    return true;
  }

  async #chooseBackbone(
    project: OpenProject,
    signal: AbortSignal,
    weights?: string,
  ): Promise<InstalledBackbone> {
    const { libraryDir, engines } = this.#lab;
    const zoo = await requestUntil(signal, engines.media, 'zooList', { libraryDir });
    if (!this.#isCurrent(project)) throw new GraftError('cancelled');
    return suggestingBackbone(zoo, project.store, weights);
  }

  /** Copies that the last check found, read once per check: at 100,000 items it takes the lab a moment. */
  #copyGroups({ store, dir }: OpenProject): ReadonlyMap<number, string> {
    const check = `${dir}\n${store.checks.last()?.madeAt ?? ''}`;
    if (this.#copies?.check !== check) this.#copies = { check, groups: copyGroups(store) };
    return this.#copies.groups;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work, work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  #tell(): SuggestionSummary {
    const summary = this.summary();
    this.#lab.events.emit('suggestions.changed', summary);
    return summary;
  }
}

export function suggestionHandlers(suggestions: SuggestionService): HandlersOf<'suggestions'> {
  return {
    'suggestions.summary': () => suggestions.summary(),
    'suggestions.start': ({ weights }) => ({ job: suggestions.start(weights).id }),
    'suggestions.update': (place) => suggestions.update(place),
    'suggestions.stop': () => suggestions.stop(),
    'suggestions.accept': (params) => suggestions.accept(params),
  };
}

function described(stored: StoredSuggestions) {
  const { madeAt, backbone, weights, labels, classes, seconds, judged, agreeing, ranks } = stored;
  const [low, high] = judged > 0 ? wilsonInterval(agreeing, judged) : [0, 1];
  return {
    ...{ madeAt, backbone, weights, labels, classes, seconds },
    open: ranks.reduce((count, rank) => count + Number(rank >= 0), 0),
    accuracy: judged > 0 ? { value: agreeing / judged, low, high, judged } : null,
  };
}
