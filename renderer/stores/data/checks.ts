import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { CheckSummary, Finding, Job } from '../../../shared/contract/index.ts';
import { warningReasons } from '../../../shared/item-reasons.ts';
import { findingKinds, type FindingKind } from '../../../shared/findings.ts';
import { lab } from '../../bridge.ts';
import { useNotices } from '../window/notices.ts';
import { useProject } from '../project.ts';

/** Findings read at a time. */
const windowSize = 60;
/**
 * Edits come in bursts; findings are counted once they pause, in ms. Counting those of 100,000 items takes the lab up
 * to 90 ms, in which it stores no label: while a person labels elsewhere, it waits for a longer pause.
 */
const settleTime = { watched: 120, unwatched: 2000 };

/** What the check of the data found: counts per kind, and the findings of the kind that is looked at. */
export const useChecks = defineStore('checks', () => {
  const project = useProject();
  const notices = useNotices();
  const summary = ref<CheckSummary | null>(null);
  const kind = ref<FindingKind | null>(null);
  const kept = ref(false);
  const findings = ref<Finding[]>([]);
  const total = ref(0);
  let watched = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Open findings that ask for something to be done: all but notes on files that can be used as they are. */
  const pressing = computed(
    () =>
      summary.value?.kinds.reduce((sum, row) => (row.kind in warningReasons ? sum : sum + row.open), 0) ?? 0,
  );

  async function load(): Promise<void> {
    if (!project.current) return;
    summary.value = await lab().call('checks.summary', {});
    if (!watched) return;
    const rows = summary.value.kinds;
    if (!rows.some((row) => row.kind === kind.value)) {
      kind.value = (rows.find((row) => row.open > 0) ?? rows[0])?.kind ?? null;
    }
    await read(Math.max(windowSize, findings.value.length));
  }

  async function read(limit: number): Promise<void> {
    if (!kind.value) {
      findings.value = [];
      total.value = 0;
      return;
    }
    const asked = { kind: kind.value, kept: kept.value };
    const window = await lab().call('checks.list', { ...asked, offset: 0, limit: Math.min(200, limit) });
    if (asked.kind !== kind.value || asked.kept !== kept.value) return;
    findings.value = window.findings;
    total.value = window.total;
  }

  async function more(): Promise<void> {
    if (!kind.value) return;
    const offset = findings.value.length;
    const asked = { kind: kind.value, kept: kept.value, offset, limit: windowSize };
    const window = await lab().call('checks.list', asked);
    findings.value = [...findings.value, ...window.findings];
  }

  async function choose(next: FindingKind, keptOnes = false): Promise<void> {
    kind.value = next;
    kept.value = keptOnes;
    findings.value = [];
    await read(windowSize);
  }

  /** The screen of findings is shown, or no more: only then are they read along with every change. */
  async function watch(on: boolean): Promise<void> {
    watched = on;
    if (on) await load();
  }

  async function start(): Promise<void> {
    await lab().call('checks.start', {});
    await load();
  }

  async function keep(finding: Finding, keepIt: boolean): Promise<void> {
    const { kind: of, key } = finding;
    summary.value = await lab().call('checks.keep', { kind: of, keys: [key], kept: keepIt });
    await load();
  }

  function clear(): void {
    summary.value = null;
    kind.value = null;
    kept.value = false;
    findings.value = [];
    total.value = 0;
  }

  function loadSoon(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void notices.attempt(load), watched ? settleTime.watched : settleTime.unwatched);
  }

  function listen(): void {
    lab().on('items.changed', loadSoon);
    lab().on('job.changed', (job: Job) => {
      if (job.kind === 'check' && (job.status !== 'running' || summary.value?.job !== job.id)) loadSoon();
    });
  }

  const order = new Map(findingKinds.map((one, place) => [one, place]));
  const rows = computed(() =>
    [...(summary.value?.kinds ?? [])].sort((a, b) => order.get(a.kind)! - order.get(b.kind)!),
  );

  return {
    summary,
    rows,
    kind,
    kept,
    findings,
    total,
    pressing,
    load,
    more,
    choose,
    watch,
    start,
    keep,
    clear,
    listen,
  };
});
