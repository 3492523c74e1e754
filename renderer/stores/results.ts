import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { EvaluationResult, PredictedItem, Split } from '../../shared/contract/index.ts';
import { lab } from '../bridge.ts';

export interface Question {
  run: string;
  split: Split;
  collection: string | null;
}

export interface Cell {
  truth: number;
  predicted: number;
}

const pageSize = 60;

/** What the Results screen looks at: one run on one split, its mistakes, and the opened confusion cell. */
export const useResults = defineStore('results', () => {
  const question = ref<Question | null>(null);
  const evaluation = shallowRef<EvaluationResult | null>(null);
  const loading = ref(false);
  const failure = ref<unknown>(null);
  const mistakes = shallowRef<PredictedItem[]>([]);
  const mistakesTotal = ref(0);
  const cell = ref<Cell | null>(null);
  const cellItems = shallowRef<PredictedItem[]>([]);
  const cellTotal = ref(0);
  const opened = ref<PredictedItem | null>(null);
  let asked = 0;

  async function ask(next: Question): Promise<void> {
    const turn = ++asked;
    question.value = next;
    loading.value = true;
    failure.value = null;
    closeCell();
    try {
      const result = await lab().call('evaluations.get', next);
      if (turn !== asked) return;
      evaluation.value = result;
      mistakes.value = [];
      await moreMistakes();
    } catch (error) {
      if (turn !== asked) return;
      evaluation.value = null;
      failure.value = error;
    } finally {
      if (turn === asked) loading.value = false;
    }
  }

  async function moreMistakes(): Promise<void> {
    if (!question.value) return;
    const window = { offset: mistakes.value.length, limit: pageSize };
    const page = await lab().call('evaluations.mistakes', { ...question.value, ...window });
    mistakes.value = [...mistakes.value, ...page.items];
    mistakesTotal.value = page.total;
  }

  async function openCell(next: Cell): Promise<void> {
    cell.value = next;
    cellItems.value = [];
    cellTotal.value = 0;
    opened.value = null;
    await moreOfCell();
  }

  async function moreOfCell(): Promise<void> {
    const at = cell.value;
    if (!at || !question.value) return;
    const window = { offset: cellItems.value.length, limit: pageSize };
    const page = await lab().call('evaluations.cell', { ...question.value, ...at, ...window });
    if (cell.value !== at) return;
    cellItems.value = [...cellItems.value, ...page.items];
    cellTotal.value = page.total;
  }

  function closeCell(): void {
    cell.value = null;
    cellItems.value = [];
    opened.value = null;
  }

  function clear(): void {
    asked++;
    question.value = null;
    evaluation.value = null;
    mistakes.value = [];
    closeCell();
  }

  return {
    question,
    evaluation,
    loading,
    failure,
    mistakes,
    mistakesTotal,
    cell,
    cellItems,
    cellTotal,
    opened,
    ask,
    moreMistakes,
    openCell,
    moreOfCell,
    closeCell,
    clear,
  };
});
