import type { Job, ParsedParams, SuggestionSummary } from '../../../shared/contract/index.ts';
import type { Agreement } from '../../../shared/contract/data/items.ts';
import { GraftError } from '../../../shared/errors.ts';
import { wilsonInterval } from '../../evaluation/significance/wilson.ts';
import type { StoredSuggestions } from '../../store/queries/items/suggestions.ts';
import type { Store } from '../../store/store.ts';
import type { InstalledBackbone } from '../checks/examination.ts';
import type { EngineResult } from '../../engine/protocol.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import { requestUntil } from '../engine-call.ts';
import { copyGroups } from '../items/copy-groups.ts';
import type { JobControls } from '../jobs.ts';
import type { OpenProject } from '../project-keeper.ts';
import { suggestingBackbone } from './backbone.ts';
import {
  agreementCounts,
  copiesOf,
  enoughLabels,
  holdMissing,
  judgesAgain,
  keyOf,
  labelsOf,
  storedFrom,
  withJudgement,
} from './suggesting.ts';
import type { Labels, Place } from './suggesting.ts';

/** What a head is to learn from, and on which backbone. */
interface Question {
  project: OpenProject;
  generation: number;
  revision: number;
  labels: Labels;
  backbone: InstalledBackbone;
}

/** Suggestions for items without a label, by a head that is trained anew as labels come in. */
export class SuggestionService {
  readonly #lab: LabContext;
  #job: { id: string; ended: Promise<unknown> } | null = null;
  /** Makings follow each other: none takes the place of a newer one. */
  #last: Promise<unknown> = Promise.resolve();
  /** Goes up when suggestions are turned off: what is still being made is then not wanted. */
  #generation = 0;
  #counts: { made: StoredSuggestions; counts: Record<Agreement, number> } | null = null;
  /** Ends the judging of labelled items that goes on after an update. */
  #judging: AbortController | null = null;
  #copies: { check: string; groups: ReadonlyMap<number, string> } | null = null;

  constructor(lab: LabContext) {
    this.#lab = lab;
  }

  /** Makes suggestions from scratch; what is being made is ended first. */
  start(weights?: string): Job {
    const project = this.#lab.projects.current;
    if (this.#isFewLabels()) throw new GraftError('suggestions.few-labels');
    if (this.#job) this.#lab.jobs.cancel(this.#job.id);
    return this.#startJob(project, { ahead: 0 }, weights);
  }

  async update(place: Place): Promise<SuggestionSummary> {
    const project = this.#lab.projects.current;
    if (!project.store.suggestions.get() || this.#job || this.#isFewLabels()) return this.summary();
    const made = await this.#inTurn(() => this.#makeAtOnce(project, place));
    if (!made && this.#isCurrent(project) && !this.#job) this.#startJob(project, place);
    return this.summary();
  }

  stop(): SuggestionSummary {
    const { store } = this.#lab.projects.current;
    this.#generation++;
    this.#judging?.abort();
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
      last: stored && {
        ...described(stored),
        counts: this.#countsOf(store, stored),
        stale: stored.revision !== revision,
      },
      job: this.#job?.id ?? null,
      fewLabels: this.#isFewLabels(),
    };
  }

  /** Counted once for each making: at 100,000 items, reading their labels takes the lab a moment. */
  #countsOf(store: Store, made: StoredSuggestions): Record<Agreement, number> {
    if (this.#counts?.made !== made) {
      const labels = new Map(store.suggestions.usable());
      this.#counts = { made, counts: agreementCounts(made, (id) => labels.get(id) ?? null) };
    }
    return this.#counts.counts;
  }

  #isFewLabels(): boolean {
    return !enoughLabels(this.#lab.projects.describeCurrent().classes.map(({ count }) => count));
  }

  #isCurrent({ store }: OpenProject): boolean {
    const { projects } = this.#lab;
    return projects.isOpen && projects.current.store === store;
  }

  #startJob(project: OpenProject, place: Place, weights?: string): Job {
    const { name } = project.store.project.get();
    const { job, result } = this.#lab.jobs.start({ kind: 'suggest', subject: name }, (controls) =>
      this.#inTurn(async () => {
        await this.#makeAll(project, place, weights, controls);
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

  /** Computes features that are missing and judges first, which says how strong a penalty to learn with. */
  async #makeAll(
    project: OpenProject,
    place: Place,
    weights: string | undefined,
    { signal, progress }: JobControls,
  ): Promise<void> {
    const question = await this.#question(project, signal, weights);
    const first = await this.#judge(question, signal);
    let { judgement } = first;
    if (!judgement) {
      await holdMissing(this.#lab, project, question.backbone, first.missing, { signal, progress });
      progress({ phase: 'train', done: 0, total: 0 });
      ({ judgement } = await this.#judge(question, signal));
    }
    const { suggested } = await this.#suggest(question, signal);
    if (!judgement || !suggested) throw new GraftError('cancelled');
    this.#put(question, withJudgement(storedOf(question, suggested, place), question.labels, judgement));
  }

  /** Makes suggestions of what the engine holds, and judges afterwards. False when features are missing. */
  async #makeAtOnce(project: OpenProject, place: Place): Promise<boolean> {
    const { signal } = new AbortController();
    const before = project.store.suggestions.get();
    const question = await this.#question(project, signal);
    const { suggested } = await this.#suggest(question, signal);
    if (!suggested) return false;
    this.#put(question, storedOf(question, suggested, place));
    // What comes of it is not waited for. Where nothing does, the next update sees to it.
    if (judgesAgain(before, question.labels)) this.#judgeLater(question).catch(() => undefined);
    return true;
  }

  async #judgeLater(question: Question): Promise<void> {
    const { signal } = (this.#judging = new AbortController());
    const { judgement } = await this.#judge(question, signal);
    const made = this.#isWanted(question) && question.project.store.suggestions.get();
    if (!judgement || signal.aborted || !made) return;
    this.#put(question, withJudgement(made, question.labels, judgement));
  }

  /** What is to be learned from; judging what was made before ends here, its answer would be of yesterday. */
  async #question(project: OpenProject, signal: AbortSignal, weights?: string): Promise<Question> {
    this.#judging?.abort();
    const { store } = project;
    const generation = this.#generation;
    const { revision } = store.project.get();
    const labels = labelsOf(store);
    if (!labels) throw new GraftError('suggestions.few-labels');
    return {
      ...{ project, generation, revision, labels },
      backbone: await this.#chooseBackbone(project, signal, weights),
    };
  }

  #suggest(question: Question, signal: AbortSignal): Promise<EngineResult<'suggest'>> {
    return requestUntil(signal, this.#lab.engines.compute, 'suggest', labelledItems(question));
  }

  #judge(question: Question, signal: AbortSignal): Promise<EngineResult<'judgeSuggestions'>> {
    const items = labelledItems(question);
    const groups = copiesOf(items.ids, this.#copyGroups(question.project));
    return requestUntil(signal, this.#lab.engines.compute, 'judgeSuggestions', { ...items, groups });
  }

  /** @throws GraftError cancelled when suggestions were turned off meanwhile, or the project closed */
  #put(question: Question, made: StoredSuggestions): void {
    if (!this.#isWanted(question)) throw new GraftError('cancelled');
    const { store } = question.project;
    store.transaction(() => store.suggestions.put(made));
    this.#tell();
  }

  #isWanted({ project, generation }: Question): boolean {
    return this.#isCurrent(project) && generation === this.#generation;
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

/** As the engine is asked. */
function labelledItems({ project, backbone, labels: { ids, y, classIds } }: Question) {
  return { key: keyOf(project, backbone), ids, y, classIds };
}

function storedOf(
  { project, backbone, labels, revision }: Question,
  suggested: NonNullable<EngineResult<'suggest'>['suggested']>,
  place: Place,
): StoredSuggestions {
  return storedFrom(project.store, backbone, labels, suggested, place, revision);
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
