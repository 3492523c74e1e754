import { resolve } from 'node:path';
import type { HandlersOf, LabContext } from '../context.ts';
import { requestUntil } from '../engine-call.ts';
import { absolutePath, storedPath } from '../items/item-paths.ts';
import { requireModel } from './run-files.ts';
import { rowOf } from './runs.ts';

/** Pictures on which an exported model is compared with the one it came from. */
const MOST_CHECKED = 16;

export function exportHandlers({ projects, engines, jobs }: LabContext): HandlersOf<'exports'> {
  return {
    async 'exports.onnx'({ run: id, out }) {
      const project = projects.current;
      const run = rowOf(project, id);
      requireModel(project, run);
      const path = resolve(out);
      const check = project.store.items
        .usable(run.recipe.data.collection)
        .filter(({ split }) => split === 'test')
        .slice(0, MOST_CHECKED)
        .map((item) => absolutePath(project.dir, item.path));
      const about = { kind: 'export' as const, subject: run.name, run: id };
      const { result } = jobs.start(about, async (job) => {
        const request = { run: id, classes: run.classes, out: path, check, places: project.places };
        const facts = await requestUntil(job.signal, engines.compute, 'exportOnnx', request);
        project.store.artifacts.put(id, {
          kind: 'onnx',
          path: storedPath(project.dir, path),
          bytes: facts.bytes,
        });
        return { path, ...facts };
      });
      return result;
    },
  };
}
