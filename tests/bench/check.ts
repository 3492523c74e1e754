/**
 * Judges the check of the data: `node tests/bench/check.ts [--folder <dir>]`. Recall and precision on
 * ../shared/data/bad-images and on the natural and on planted label errors of ../shared/data/cats-vs-dogs, through
 * MobileNetV2 with its published weights. With `--folder`, projects and their caches are kept there for the next time.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openLab } from '../../electron/hosts/open-lab.ts';
import type { Finding, Job } from '../../shared/contract/index.ts';
import { findingKinds, type FindingKind } from '../../shared/findings.ts';
import { seededRandom, shuffle } from '../../shared/random.ts';
import { plantCopies } from './data/copies.ts';
import { badCopies, badFiles, badLabels, naturalNoise, realConflicts } from './data/truth.ts';

const { values: options } = parseArgs({ options: { folder: { type: 'string' } } });
const shared = join(import.meta.dirname, '../../../shared');
const weightsFile = join(shared, 'weights/mobilenet_v2_1.0_224.dequantized.h5');
/** Share of labels flipped, and the seed that chooses them. */
const FLIPPED = 0.03;
const SEED = 2026;
/** Photos copied per way of changing them. */
const COPIES = 100;
const COPY_KINDS: FindingKind[] = ['conflict', 'leak', 'duplicate', 'near-duplicate'];

interface Row {
  what: string;
  planted: number;
  found: number;
  /** Null where what was told is not about these alone. */
  told: number | null;
}

const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'graft-data-bench-'));
process.env['GRAFT_DATA_DIR'] = join(folder, 'data');
const lab = openLab({ host: 'terminal' });
try {
  await lab.call('zoo.import', { path: weightsFile, as: 'mobilenet_v2' });
  const bad = await checked('bad-images');
  const conflicts = await checked('bad-images/real-conflicts');
  const photos = await checked('cats-vs-dogs');
  const labels = await plantedLabels();
  const copies = await plantedCopies();
  print([
    ...Object.entries(badFiles).map(([kind, truth]) =>
      scored(`bad-images: ${kind}`, truth, pathsOf(bad, [kind as FindingKind])),
    ),
    scoredGroups('bad-images: copies', badCopies, bad),
    scored('bad-images: wrong label (by the label alone)', badLabels, pathsOf(bad, ['label-error'])),
    scored('bad-images: wrong label or no animal', badLabels, pathsOf(bad, ['label-error', 'outlier'])),
    scoredGroups('real-conflicts: same bytes, two breeds', realConflicts, conflicts),
    scoredGroups('cats-vs-dogs: copies (there are none)', [], photos),
    scored('cats-vs-dogs: natural noise, label errors', naturalNoise, pathsOf(photos, ['label-error'])),
    scored('cats-vs-dogs: natural noise, outliers', naturalNoise, pathsOf(photos, ['outlier'])),
    scored(
      'cats-vs-dogs: natural noise, both lists',
      naturalNoise,
      pathsOf(photos, ['label-error', 'outlier']),
    ),
    ...labels,
    ...copies,
  ]);
} finally {
  await lab.close();
  if (!options.folder) rmSync(folder, { recursive: true, force: true });
}

interface Checked {
  root: string;
  findings: Finding[];
}

/** Photos with a changed copy each, with a backbone and without. */
async function plantedCopies(): Promise<Row[]> {
  const root = join(folder, 'copies');
  rmSync(root, { recursive: true, force: true });
  const planted = await plantCopies(join(shared, 'data/cats-vs-dogs/train'), root, COPIES);
  const rows: Row[] = [];
  for (const weights of [undefined, null]) {
    const of = await checked('copies', weights, root);
    const by = weights === null ? 'by hashes alone' : 'with a backbone';
    for (const [change, pairs] of planted) {
      rows.push({ ...scoredGroups(`copies ${change}, ${by}`, pairs, of), told: null });
    }
    rows.push(scoredGroups(`all copies, ${by}`, [...planted.values()].flat(), of));
  }
  return rows;
}

/** Imports a folder of ../shared/data into a project of its own (unless that is there) and checks it. */
async function checked(name: string, weights?: null, root = join(shared, 'data', name)): Promise<Checked> {
  const project = join(folder, 'projects', name.replaceAll('/', '-'));
  if (existsSync(join(project, 'graft.db'))) await lab.call('projects.open', { path: project });
  else {
    await lab.call('projects.create', { path: project, name });
    await ended((await lab.call('items.import', { path: root })).job);
  }
  return { root, findings: await check(weights) };
}

async function check(weights?: null): Promise<Finding[]> {
  const job = await ended((await lab.call('checks.start', { weights })).job);
  if (job.status !== 'done') throw new Error(JSON.stringify(job.error));
  const { last } = await lab.call('checks.summary', {});
  console.error(
    `${job.subject}: ${last?.items} images in ${last?.seconds.toFixed(1)} s (${last?.backbone}) ${last?.skipped}`,
  );
  const findings: Finding[] = [];
  for (const kind of findingKinds) {
    for (let offset = 0, total = 1; offset < total; offset += 200) {
      const window = await lab.call('checks.list', { kind, offset, limit: 200 });
      findings.push(...window.findings);
      total = window.total;
    }
  }
  return findings;
}

/** Flips a seeded share of all labels of the photos, checks, and takes the flips back. */
async function plantedLabels(): Promise<Row[]> {
  const { classes } = (await lab.call('projects.current', {}))!;
  const items = [];
  for (let offset = 0, total = 1; offset < total; offset += 2000) {
    const window = await lab.call('items.list', { offset, limit: 2000 });
    items.push(...window.items);
    total = window.total;
  }
  const flips = shuffle([...items], seededRandom(SEED)).slice(0, Math.round(items.length * FLIPPED));
  const other = (id: number | null) => classes.find((entry) => entry.id !== id)!.id;
  for (const { id: from } of classes) {
    const ids = flips.filter(({ classId }) => classId === from).map(({ id }) => id);
    await lab.call('items.label', { ids, classId: other(from) });
  }
  const errors = (await check()).filter(({ kind }) => kind === 'label-error');
  for (const { id: back } of classes) {
    const ids = flips.filter(({ classId }) => classId === back).map(({ id }) => id);
    await lab.call('items.label', { ids, classId: back });
  }
  const planted = flips.map(({ id }) => String(id));
  const told = errors.map(({ items: [item] }) => String(item!.id));
  const about = `cats-vs-dogs: ${flips.length} labels flipped`;
  return [
    scored(`${about}, all told`, planted, told),
    scored(`${about}, the first ${flips.length / 2} told`, planted, told.slice(0, flips.length / 2)),
  ];
}

function ended(id: string): Promise<Job> {
  return new Promise((resolve, reject) => {
    const look = (job: Job) => {
      if (job.id === id && job.status !== 'running') resolve(job);
    };
    lab.on('job.changed', look);
    lab.call('jobs.list', {}).then((jobs) => jobs.forEach(look), reject);
  });
}

function relativePaths({ root }: Checked, finding: Finding): string[] {
  return finding.items.map(({ path }) => path.slice(path.indexOf(root) + root.length + 1)).sort();
}

function pathsOf(of: Checked, kinds: FindingKind[]): string[] {
  const findings = of.findings.filter(({ kind }) => kinds.includes(kind));
  return [...new Set(findings.flatMap((finding) => relativePaths(of, finding)))];
}

function scored(what: string, truth: readonly string[], told: readonly string[]): Row {
  const found = told.filter((path) => truth.includes(path)).length;
  return { what, planted: truth.length, found, told: told.length };
}

/** A group is found when one finding names exactly its members. */
function scoredGroups(what: string, truth: string[][], of: Checked): Row {
  const groups = of.findings
    .filter(({ kind }) => COPY_KINDS.includes(kind))
    .map((one) => relativePaths(of, one));
  const told = new Set(groups.map((group) => group.join('\n')));
  return scored(
    what,
    truth.map((group) => [...group].sort().join('\n')),
    [...told],
  );
}

function print(rows: Row[]): void {
  const share = (part: number, whole: number) => (whole > 0 ? `${((100 * part) / whole).toFixed(0)} %` : '–');
  console.log(
    '| what | there | told | right | recall | precision |\n| --- | ---: | ---: | ---: | ---: | ---: |',
  );
  for (const { what, planted, found, told } of rows) {
    console.log(
      `| ${what} | ${planted} | ${told ?? ''} | ${found} | ${share(found, planted)} | ${told === null ? '' : share(found, told)} |`,
    );
  }
}
