import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { Prediction } from '../../../shared/contract/index.ts';
import { lab } from '../../bridge.ts';
import { useRuns } from './runs.ts';

export interface PredictedFile {
  key: number;
  name: string;
  /** Address of the dropped picture, for its thumbnail. */
  url: string;
  file: File;
  prediction: Prediction | null;
  failure: unknown;
}

/** Files sent with one call: small enough for the browser's frame limit, large enough to fill a batch. */
const batchFiles = 16;
const batchBytes = 8 * 1024 * 1024;

async function base64Of(file: File): Promise<string> {
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(String(reader.result)));
    reader.addEventListener('error', () => reject(reader.error ?? new Error(file.name)));
    reader.readAsDataURL(file);
  });
  return url.slice(url.indexOf(',') + 1);
}

/** A dropped file as the lab takes it: by its path where there is one. */
export async function imageOf(file: File): Promise<{ path: string } | { name: string; base64: string }> {
  const path = lab().pathForFile(file);
  return path ? { path } : { name: file.name, base64: await base64Of(file) };
}

function batchesOf(files: PredictedFile[]): PredictedFile[][] {
  const batches: PredictedFile[][] = [];
  let room = 0;
  for (const entry of files) {
    const last = batches.at(-1);
    if (!last || last.length === batchFiles || room < entry.file.size) {
      batches.push([entry]);
      room = batchBytes - entry.file.size;
    } else {
      last.push(entry);
      room -= entry.file.size;
    }
  }
  return batches;
}

/** Pictures dropped on the Predict screen and what the chosen run says about them. */
export const usePredictions = defineStore('predictions', () => {
  const runs = useRuns();
  const run = ref<string | null>(null);
  /** By today's names: one may be renamed while predictions are on view. */
  const classes = computed<string[]>(() => (run.value && runs.byId.get(run.value)?.classes) || []);
  const files = ref<PredictedFile[]>([]);
  const busy = ref(0);
  let nextKey = 0;

  async function predictBatch(runId: string, batch: PredictedFile[]): Promise<void> {
    const keys = new Map(batch.map((entry, index) => [entry.key, index]));
    let predictions: Prediction[] = [];
    let failure: unknown = null;
    try {
      const images = await Promise.all(batch.map((entry) => imageOf(entry.file)));
      const result = await lab().call('predict.images', { run: runId, images });
      if (run.value !== runId) return;
      predictions = result.predictions;
    } catch (error) {
      failure = error;
    }
    files.value = files.value.map((entry) => {
      const index = keys.get(entry.key);
      return index === undefined ? entry : { ...entry, prediction: predictions[index] ?? null, failure };
    });
  }

  async function predict(entries: PredictedFile[]): Promise<void> {
    if (!run.value) return;
    busy.value++;
    for (const batch of batchesOf(entries)) await predictBatch(run.value, batch);
    busy.value--;
  }

  async function add(dropped: File[]): Promise<void> {
    const entries = dropped.map((file) => ({
      key: nextKey++,
      name: file.name,
      url: URL.createObjectURL(file),
      file,
      prediction: null,
      failure: null,
    }));
    files.value = [...entries, ...files.value];
    await predict(entries);
  }

  async function choose(id: string): Promise<void> {
    if (run.value === id) return;
    run.value = id;
    files.value = files.value.map((entry) => ({ ...entry, prediction: null, failure: null }));
    await predict(files.value);
  }

  function clear(): void {
    for (const entry of files.value) URL.revokeObjectURL(entry.url);
    files.value = [];
  }

  function forgetRun(): void {
    run.value = null;
    clear();
  }

  return { run, classes, files, busy, add, choose, clear, forgetRun };
});
