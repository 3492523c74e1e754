import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defaultRecipe, recipeSchema } from '../../shared/recipe/recipe.ts';
import { freshProject, importAndWait, labForThisFile, nextEvent, paintPictures } from './real-lab.ts';

/** What leaves Graft leaves it whole: reports, tables, models and capsules of a run that was really trained. */

const printed: string[] = [];
const real = labForThisFile(1, {
  printPdf: (html, pdf) => {
    printed.push(readFileSync(html, 'utf8'));
    writeFileSync(pdf, '%PDF-');
    return Promise.resolve();
  },
});
const { lab } = real;

async function trained(): Promise<{ folder: string; run: string }> {
  const folder = await freshProject(real);
  const photos = join(folder, 'photos');
  await paintPictures(join(photos, 'red'), [200, 20, 20], 20);
  await paintPictures(join(photos, 'a <i>"blue"</i>'.replaceAll('/', '')), [20, 20, 200], 20);
  await importAndWait(lab, { path: photos });
  const recipe = defaultRecipe('scratch-cnn', null, 32);
  const small = recipeSchema.parse({
    ...recipe,
    head: { ...recipe.head, hidden: [8] },
    stages: recipe.stages.map((stage) => ({ ...stage, epochs: 2, batchSize: 8 })),
  });
  const ended = nextEvent(lab, 'run.changed', (run) => run.finishedAt !== null);
  const { id } = await lab.call('runs.start', { recipe: small, name: 'Colours' });
  await ended;
  return { folder, run: id };
}

test('a run leaves as report, tables, model and capsule, and the capsule opens elsewhere as the same run', async () => {
  const { folder, run } = await trained();

  const page = join(folder, 'report.html');
  await lab.call('documents.report', { run, out: page, language: 'zh' });
  const document = readFileSync(page, 'utf8');
  expect(document).toContain('报告：Colours');
  expect(document).not.toContain('<i>');
  const { bytes } = await lab.call('documents.report', { run, out: join(folder, 'report.pdf') });
  expect(bytes).toBe(5);
  expect(printed[0]).toContain('Report: Colours');
  await expect(lab.call('documents.report', { run, out: join(folder, 'a.docx') })).rejects.toMatchObject({
    code: 'report.ending',
  });

  const { files } = await lab.call('documents.tables', { run, out: join(folder, 'tables') });
  expect(readdirSync(join(folder, 'tables')).sort()).toEqual(files.toSorted());
  const evaluation = await lab.call('evaluations.get', { run });
  const predictions = JSON.parse(readFileSync(join(folder, 'tables', 'predictions.json'), 'utf8')) as {
    truth: string;
    predicted: string;
  }[];
  const right = predictions.filter(({ truth, predicted }) => truth === predicted).length;
  expect(right / predictions.length).toBe(evaluation.summary.accuracy);

  const certificate = await lab.call('exports.model', { run, out: join(folder, 'model') });
  expect(certificate).toMatchObject({ path: join(folder, 'model.onnx'), agrees: true });
  expect(await lab.call('exports.list', { run })).toEqual([certificate]);

  const file = join(folder, 'run.capsule');
  const saved = await lab.call('capsules.save', { run, out: file });
  const before = (await lab.call('runs.get', { id: run })).run;
  const dir = join(folder, 'elsewhere');
  const opened = await lab.call('capsules.open', { file, dir });
  expect(opened).toMatchObject({ run, entries: saved.entries, pictures: 40, again: { checked: 6, same: 6 } });
  expect(opened.again!.largestDifference).toBeLessThan(1e-5);
  expect(opened.project).toMatchObject({ path: dir, counts: { items: 40, runs: 1 } });
  expect((await lab.call('runs.get', { id: run })).run).toEqual(before);
  expect(await lab.call('evaluations.get', { run })).toEqual(evaluation);
  // The same data and split, so that what is trained again must come out the same.
  const ended = nextEvent(lab, 'run.changed', ({ id, finishedAt }) => id !== run && finishedAt !== null);
  const again = await lab.call('runs.start', { recipe: before.recipe });
  expect(again.recipe.data.splitHash).toBe(before.recipe.data.splitHash);
  await ended;
  const weights = (id: string) => readFileSync(join(dir, 'runs', id, 'weights.safetensors'));
  expect(weights(again.id).equals(weights(run))).toBe(true);
});

test('a capsule without pictures shows the results, and one is never opened over files', async () => {
  const { folder, run } = await trained();
  const file = join(folder, 'small.capsule');
  await lab.call('capsules.save', { run, pictures: false, out: file });
  const full = join(folder, 'full');
  mkdirSync(full);
  writeFileSync(join(full, 'mine.txt'), 'x');
  await expect(lab.call('capsules.open', { file, dir: full })).rejects.toMatchObject({
    code: 'capsule.not-empty',
  });
  const evaluation = await lab.call('evaluations.get', { run });
  const bytes = readFileSync(file);
  bytes[bytes.indexOf('"version"')]! ^= 1;
  const altered = join(folder, 'altered.capsule');
  writeFileSync(altered, bytes);
  const dir = join(folder, 'there');
  await expect(lab.call('capsules.open', { file: altered, dir })).rejects.toMatchObject({
    code: 'capsule.altered',
  });
  expect(existsSync(dir)).toBe(false);
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  expect(await lab.call('capsules.open', { file, dir })).toMatchObject({ pictures: 0, again: null });
  expect(await lab.call('evaluations.get', { run })).toEqual(evaluation);
});
