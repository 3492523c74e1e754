import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { Project, Result } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import type { EngineParams } from '../../engine/protocol.ts';
import { checkCapsuleDatabase, writeCapsuleDatabase, type CapsulePicture } from '../../store/capsule.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import { requestUntil } from '../engine-call.ts';
import { absolutePath } from '../items/item-paths.ts';
import type { JobControls } from '../jobs.ts';
import type { OpenProject } from '../project-keeper.ts';
import { itemsToEvaluate } from '../runs/dataset.ts';
import { requireModel, runFolder } from '../runs/run-files.ts';
import { rowOf } from '../runs/runs.ts';

type CapsuleFile = EngineParams<'packCapsule'>['files'][number];
type Opened = Result<'capsules.open'>;

/** Held-out pictures the model of an opened capsule is asked about again. */
const MOST_ASKED = 300;

/** Files with a run and all it takes to verify it elsewhere. `open` opens a project. */
export function capsuleHandlers(
  lab: LabContext,
  open: (path: string) => Promise<Project> | Project,
): HandlersOf<'capsules'> {
  return {
    'capsules.save': (wanted) => saveCapsule(lab, wanted),
    'capsules.open': ({ file, dir }) => openCapsule(lab, open, resolve(file), resolve(dir)),
  };
}

async function saveCapsule(
  lab: LabContext,
  { run: id, pictures, out }: { run: string; pictures: boolean; out: string },
): Promise<Result<'capsules.save'>> {
  const project = lab.projects.current;
  const run = rowOf(project, id);
  requireModel(project, run);
  const path = resolve(out);
  const about = { kind: 'export' as const, subject: basename(path), run: id };
  const { result } = lab.jobs.start(about, async (job) => {
    const draft = await mkdtemp(join(tmpdir(), 'graft-capsule-'));
    try {
      const runs = runsBehind(project, id);
      const items = picturesOf(project, id);
      const database = join(draft, 'graft.db');
      writeCapsuleDatabase(project.dir, database, runs, items);
      const brought = pictures ? picturesToBring(project, items) : [];
      const files = [
        { name: 'graft.db', path: database },
        ...runs.flatMap((one) => runFiles(project, one)),
        ...weightFiles(project, lab.libraryDir, runs),
        ...brought,
      ];
      const facts = {
        capsule: 1 as const,
        madeBy: `Graft ${lab.options.version}`,
        madeAt: new Date().toISOString(),
        run: id,
        pictures: brought.length,
      };
      const packed = await requestUntil(
        job.signal,
        lab.engines.media,
        'packCapsule',
        { out: path, facts, files },
        ({ done, total }) => job.progress({ phase: 'write', done, total }),
      );
      return { path, entries: files.length, ...packed };
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  });
  return result;
}

/** The run, and the runs it carried layers over from. */
function runsBehind(project: OpenProject, id: string): string[] {
  const { backbone } = rowOf(project, id).recipe;
  const before = backbone?.from === 'run' && project.store.runs.byId(backbone.run) ? backbone.run : null;
  return before === null ? [id] : [id, ...runsBehind(project, before)];
}

/** The labelled pictures that the run's data and split are made of, with their names in the capsule. */
function picturesOf({ store }: OpenProject, id: string): CapsulePicture[] {
  const { collection } = store.runs.byId(id)!.recipe.data;
  return store.items
    .usable(collection)
    .filter(({ split }) => split !== null)
    .map((item) => ({ id: item.id, path: `items/${item.id}${endingOf(item.path)}` }));
}

function endingOf(path: string): string {
  const ending = extname(path).toLowerCase();
  return /^\.[a-z0-9]{1,8}$/.test(ending) ? ending : '.img';
}

function picturesToBring({ store, dir }: OpenProject, items: readonly CapsulePicture[]): CapsuleFile[] {
  const now = new Map(store.items.byIds(items.map(({ id }) => id)).map((item) => [item.id, item.path]));
  return items.map(({ id, path }) => ({ name: path, path: absolutePath(dir, now.get(id) ?? '') }));
}

/** What lies in a run's folder itself: not its checkpoint, and nothing half-written. */
function runFiles(project: OpenProject, id: string): CapsuleFile[] {
  const folder = runFolder(project, id);
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[\w-]{1,60}\.(json|safetensors|onnx)$/.test(entry.name))
    .map(({ name }) => ({ name: `runs/${id}/${name}`, path: join(folder, name) }));
}

/** The weights the runs started from, as the library has them: to train again, they must be there. */
function weightFiles(project: OpenProject, library: string, runs: readonly string[]): CapsuleFile[] {
  const hashes = runs.flatMap((id) => {
    const { backbone } = rowOf(project, id).recipe;
    if (backbone?.from !== 'library') return [];
    return [backbone.weights, backbone.arch].filter((hash) => hash !== null && /^[0-9a-f]{64}$/.test(hash));
  });
  return [...new Set(hashes)].flatMap((hash) =>
    ['safetensors', 'onnx']
      .map((ending) => ({ name: `weights/${hash}.${ending}`, path: join(library, `${hash}.${ending}`) }))
      .filter(({ path }) => existsSync(path)),
  );
}

async function openCapsule(
  lab: LabContext,
  open: (path: string) => Promise<Project> | Project,
  file: string,
  dir: string,
): Promise<Opened> {
  if (existsSync(dir) && readdirSync(dir).length > 0)
    throw new GraftError('capsule.not-empty', { path: dir });
  const staging = join(dirname(dir), `.${basename(dir)}.${randomBytes(4).toString('hex')}.part`);
  // As a job of the library it outlives the project that is open now.
  const { result } = lab.jobs.start({ kind: 'weights', subject: basename(file) }, async (job) => {
    const facts = await requestUntil(
      job.signal,
      lab.engines.media,
      'unpackCapsule',
      { file, into: staging },
      ({ done, total }) => job.progress({ phase: 'check', done, total }),
    );
    try {
      checkCapsuleDatabase(file, staging, facts.run);
      await takeWeights(lab, file, staging, job);
      await rm(dir, { recursive: true, force: true });
      await rename(staging, dir);
    } catch (error) {
      await rm(staging, { recursive: true, force: true });
      throw error;
    }
    return facts;
  });
  const facts = await result;
  const project = await open(dir);
  const again = facts.pictures > 0 ? await askAgain(lab, facts.run) : null;
  return { project, run: facts.run, entries: facts.entries, pictures: facts.pictures, again };
}

/** Weights go through the same door as any others: every tensor is read, and its hash must be its name. */
async function takeWeights(lab: LabContext, file: string, staging: string, job: JobControls): Promise<void> {
  const folder = join(staging, 'weights');
  const names = existsSync(folder) ? await readdir(folder) : [];
  for (const name of names) {
    const [hash = '', ending] = name.split('.');
    const path = join(folder, name);
    // An imported network is kept by its runs themselves.
    if (ending !== 'safetensors') continue;
    const entry = await requestUntil(job.signal, lab.engines.media, 'weightsImport', {
      path,
      libraryDir: lab.libraryDir,
    });
    if (entry.id !== hash)
      throw new GraftError('capsule.altered', {
        path: file,
        entry: `weights/${name}`,
        detail: `these are the weights ${entry.id.slice(0, 12)}…`,
      });
  }
  await rm(folder, { recursive: true, force: true });
  lab.events.emit('zoo.changed', {});
}

/** Asks the model about held-out pictures and compares with what the capsule says it answered. */
async function askAgain(lab: LabContext, id: string): Promise<Opened['again']> {
  const project = lab.projects.current;
  const run = rowOf(project, id);
  const stored = project.store.predictions.get(id, null, 'test');
  if (!stored) return null;
  const rows = new Map([...stored.ids].map((item, row) => [item, row]));
  const items = itemsToEvaluate(project, run.classIds, run.recipe.data, 'test')
    .filter((item) => rows.has(item.id))
    .slice(0, MOST_ASKED);
  const about = { kind: 'evaluate' as const, subject: run.name, run: id };
  const { result } = lab.jobs.start(about, async (job) => {
    const request = { run: id, items, places: project.places };
    return requestUntil(job.signal, lab.engines.compute, 'predict', request, ({ done, total }) =>
      job.progress({ phase: 'evaluate', done, total }),
    );
  });
  const { ids, probabilities } = await result;
  const width = run.classes.length;
  const tally = { checked: ids.length, same: 0, largestDifference: 0 };
  ids.forEach((item, index) => {
    const row = rows.get(item) ?? 0;
    const before = stored.probabilities.subarray(row * width, (row + 1) * width);
    const now = probabilities.subarray(index * width, (index + 1) * width);
    if (before.indexOf(Math.max(...before)) === now.indexOf(Math.max(...now))) tally.same++;
    now.forEach((value, column) => {
      tally.largestDifference = Math.max(tally.largestDifference, Math.abs(value - (before[column] ?? 0)));
    });
  });
  return tally;
}
