import type { CheckSummary, Finding, Job, ParsedParams, Project } from '../../../shared/contract/index.ts';
import { findingKinds } from '../../../shared/findings.ts';
import type { FindingKind, FindingParams } from '../../../shared/findings.ts';
import type { StoredFinding } from '../../store/queries/items/checks.ts';
import type { Store } from '../../store/store.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import { shown } from '../items/items.ts';
import { DataCheck } from './check.ts';
import type { CheckWishes } from './check.ts';
import { findingsNow, leaveOut, togetherIn } from './open-findings.ts';

/** Pictures shown of a finding: what looks alike on a whole production line may be one cluster. */
const MOST_SHOWN = 60;
/** Pictures of a class shown with a finding that is about the class. */
const EXAMPLES = 12;

/** Checks of the open project's data, and what they found. */
export class CheckService {
  readonly #lab: LabContext;
  #running: { job: string; ended: Promise<unknown> } | null = null;
  #known: { state: string; store: Store; findings: StoredFinding[] } | null = null;
  /** Goes up with every check and every finding kept. */
  #version = 0;

  constructor(lab: LabContext) {
    this.#lab = lab;
  }

  /** Starts a check; one that is under way is ended first. */
  start(wishes: CheckWishes): Job {
    const project = this.#lab.projects.current;
    const before = this.#running;
    if (before) this.#lab.jobs.cancel(before.job);
    const { name } = project.store.project.get();
    const { job, result } = this.#lab.jobs.start({ kind: 'check', subject: name }, async (controls) => {
      await before?.ended;
      const check = await new DataCheck(this.#lab, project, controls, wishes).run();
      this.#version++;
      return check;
    });
    const ended = result
      .catch(() => undefined)
      .then(() => {
        if (this.#running?.job === job.id) this.#running = null;
      });
    this.#running = { job: job.id, ended };
    return job;
  }

  /** In a window, a check goes on while a person looks at what came in; in a terminal somebody asks for it. */
  startByItself(): void {
    const { options, projects } = this.#lab;
    if (options.host !== 'terminal' && projects.isOpen) this.start({ automatic: true });
  }

  summary(): CheckSummary {
    const { store } = this.#lab.projects.current;
    const last = store.checks.last();
    const counts = new Map<FindingKind, { open: number; kept: number }>();
    for (const { kind, kept } of this.#findings()) {
      const count = counts.get(kind) ?? { open: 0, kept: 0 };
      count[kept ? 'kept' : 'open']++;
      counts.set(kind, count);
    }
    return {
      last: last ? { ...pickCheck(last), stale: last.revision !== store.project.get().revision } : null,
      job: this.#running?.job ?? null,
      kinds: findingKinds.flatMap((kind) => (counts.has(kind) ? { kind, ...counts.get(kind)! } : [])),
    };
  }

  list({ kind, kept, offset, limit }: ParsedParams<'checks.list'>): { total: number; findings: Finding[] } {
    const matching = this.#findings().filter((finding) => finding.kind === kind && finding.kept === kept);
    const project = this.#lab.projects.describeCurrent();
    const { store } = this.#lab.projects.current;
    const findings = matching
      .slice(offset, offset + limit)
      .map((finding) => describe(store, project, finding));
    return { total: matching.length, findings };
  }

  keep({ kind, keys, kept }: ParsedParams<'checks.keep'>): CheckSummary {
    const { store } = this.#lab.projects.current;
    store.transaction(() => {
      for (const key of keys) {
        if (kept) store.checks.keep(kind, key);
        else store.checks.tellAgain(kind, key);
      }
    });
    this.#version++;
    return this.summary();
  }

  /** Read anew when items, the check or what is kept have changed. */
  #findings(): StoredFinding[] {
    const { store } = this.#lab.projects.current;
    const state = `${store.project.get().revision} ${this.#version}`;
    if (this.#known?.store !== store || this.#known.state !== state) {
      const findings = findingsNow(store, this.#lab.projects.describeCurrent());
      this.#known = { state, store, findings };
    }
    return this.#known.findings;
  }
}

export function checkHandlers(checks: CheckService): HandlersOf<'checks'> {
  return {
    'checks.start': ({ weights }) => ({ job: checks.start({ weights }).id }),
    'checks.summary': () => checks.summary(),
    'checks.list': (params) => checks.list(params),
    'checks.keep': (params) => checks.keep(params),
  };
}

function pickCheck({
  madeAt,
  items,
  examined,
  backbone,
  skipped,
  seconds,
}: NonNullable<ReturnType<Store['checks']['last']>>) {
  return { madeAt, items, examined, backbone, skipped, seconds };
}

function describe(store: Store, project: Project, finding: StoredFinding): Finding {
  const { kind, key, suggestedClass, kept } = finding;
  const ids = finding.items.length > 0 ? finding.items.map(({ id }) => id) : examplesOf(store, finding);
  const rows = store.items.byIds(ids);
  const pixels = new Map(rows.map(({ id, width, height }) => [id, width * height]));
  const isAboutItems = !kind.startsWith('class-') && !kind.startsWith('shift-');
  const left = isAboutItems ? finding.items.filter(({ excluded }) => !excluded) : [];
  return {
    kind,
    key,
    params: paramsOf(project, finding),
    items: rows.slice(0, MOST_SHOWN).map(shown),
    ids: left.map(({ id }) => id),
    suggestedClass,
    leaveOut: leaveOut(kind, finding.items, (id) => pixels.get(id) ?? 0),
    togetherIn: togetherIn(kind, finding.items),
    kept,
  };
}

/** The first pictures of the class that a finding is about. */
function examplesOf(store: Store, { params }: StoredFinding): number[] {
  const { revision } = store.project.get();
  return store.listing.window({ classes: [Number(params.classId)] }, 0, EXAMPLES, revision).ids;
}

/** What fills the sentence, as things are now: names of classes, splits, numbers of copies. */
function paramsOf({ classes }: Project, { params, items, suggestedClass }: StoredFinding): FindingParams {
  const nameOf = (id: unknown) => classes.find((entry) => entry.id === id)?.name ?? '?';
  const left = items.filter(({ excluded }) => !excluded);
  const all: FindingParams = { ...params, n: params.n ?? left.length };
  const names = new Set(left.flatMap(({ classId }) => (classId === null ? [] : nameOf(classId))));
  const splits = new Set(left.flatMap(({ split }) => split ?? []));
  all.classes = [...names].join(', ');
  all.splits ??= ['train', 'validation', 'test'].filter((split) => splits.has(split as 'train')).join();
  if (params.classId !== undefined) all.class = nameOf(params.classId);
  if (suggestedClass !== null) {
    all.given = nameOf(items[0]?.classBefore);
    all.suggested = nameOf(suggestedClass);
  }
  return all;
}
