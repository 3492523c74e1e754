import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createLab, type Lab, type LabOptions } from '../../../electron/lab/lab.ts';
import { openProject } from '../../../electron/store/open.ts';
import type { EventName, EventPayload } from '../../../shared/contract/index.ts';
import { anItem, freshFolder } from '../store/a-project.ts';
import { MemoryEngine } from './memory-engine.ts';

export interface TestLab {
  lab: Lab;
  compute: MemoryEngine;
  media: MemoryEngine;
  folder: string;
}

/** A lab with engines in memory, and a folder of its own. */
export function aLab(options: Partial<LabOptions> = {}): TestLab {
  const folder = freshFolder();
  const compute = new MemoryEngine();
  const media = new MemoryEngine();
  const lab = createLab({
    dataDir: join(folder, 'data'),
    version: '1.2.3',
    host: 'terminal',
    engines: { compute, media },
    ...options,
  });
  onTestFinished(() => lab.close());
  return { lab, compute, media, folder };
}

/** The first payload of an event that fits. */
export function nextEvent<E extends EventName>(
  lab: Lab,
  event: E,
  fits: (payload: EventPayload<E>) => boolean,
): Promise<EventPayload<E>> {
  return new Promise((resolve) => {
    const stop = lab.on(event, (payload) => {
      if (!fits(payload)) return;
      stop();
      resolve(payload);
    });
  });
}

/** An open project of 12 labelled items of two classes: 4 each in train, 1 each in validation and test. */
export async function labWithItems(): Promise<TestLab & { dir: string; ids: number[] }> {
  const test = aLab();
  const dir = join(test.folder, 'pets');
  await test.lab.call('projects.create', { path: dir, name: 'Pets' });
  await test.lab.call('projects.close', {});
  const store = openProject(dir);
  const ids = store.transaction(() => {
    store.items.addCollection('main');
    const classes = [store.classes.insert('cat'), store.classes.insert('dog')];
    return Array.from({ length: 12 }, (_, i) => {
      const split = i < 8 ? ('train' as const) : i < 10 ? ('validation' as const) : ('test' as const);
      return store.items.insert(anItem(`items/${i}.jpg`, { classId: classes[i % 2]!, split }))!;
    });
  });
  store.close();
  await test.lab.call('projects.open', { path: dir });
  return { ...test, dir, ids };
}
