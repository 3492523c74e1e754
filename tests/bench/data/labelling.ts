import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '../../../electron/lab/lab.ts';
import { createProject } from '../../../electron/store/open.ts';

export interface LabelLatency {
  items: number;
  labels: number;
  /** From the call to the answer, in ms: the label is committed, and synced to the disk, before it. */
  p50: number;
  p95: number;
  worst: number;
}

const CLASSES = ['cat', 'dog', 'bird'];

/**
 * How long a label takes to be on disk in a project of `items` unlabelled pictures, the list being read again after
 * every label as the window does. Leaves the lab with no project open.
 */
export async function labelLatency(lab: Lab, items: number, labels = 200): Promise<LabelLatency> {
  const dir = mkdtempSync(join(tmpdir(), 'graft-label-bench-'));
  try {
    fill(dir, items);
    await lab.call('projects.open', { path: dir });
    const times = await labelled(lab, labels);
    await lab.call('projects.close', {});
    const at = (share: number): number =>
      times[Math.min(times.length - 1, Math.floor(share * times.length))]!;
    return { items, labels, p50: at(0.5), p95: at(0.95), worst: times.at(-1)! };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Times in ms, shortest first. */
async function labelled(lab: Lab, labels: number): Promise<number[]> {
  const filter = { classes: [null] };
  const times: number[] = [];
  for (let i = 0; i < labels; i++) {
    const [item] = (await lab.call('items.list', { filter, offset: 0, limit: 200 })).items;
    const classId = (i % CLASSES.length) + 1;
    const start = performance.now();
    await lab.call('items.label', { ids: [item!.id], classId });
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}

/** A project of items without files: labelling touches none. */
function fill(dir: string, items: number): void {
  rmSync(dir, { recursive: true });
  const store = createProject(dir, 'Labelling');
  store.transaction(() => {
    store.items.addCollection('main');
    for (const name of CLASSES) store.classes.insert(name);
    for (let i = 0; i < items; i++) {
      const path = `photos/${String(Math.floor(i / 1000)).padStart(3, '0')}/${String(i).padStart(6, '0')}.jpg`;
      store.items.insert({
        path,
        source: path,
        classId: null,
        split: i % 5 === 0 ? 'test' : 'train',
        collection: 'main',
        status: 'ok',
        reasons: [],
        width: 640,
        height: 480,
        bytes: 100_000,
        format: 'jpeg',
        sha256: path,
        dhash: '0000000000000000',
      });
    }
  });
  store.close();
}
