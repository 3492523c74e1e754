/**
 * `npm run bench -- transfer`: whether the alarm for negative transfer goes off for a source that has nothing to do
 * with the target, and stays silent for a related one. `--seeds <n>`, `--write` puts the table into TRANSFER.md.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { createEngineClient } from '../../electron/engine/client.ts';
import { createLab } from '../../electron/lab/lab.ts';
import { interval, markdownTable, percent, points } from '../../electron/hosts/cli/output.ts';
import { judgeSources, type Amounts, type Judged } from './transfer/negative-transfer.ts';

const { values } = parseArgs({
  args: argv.slice(2),
  options: { seeds: { type: 'string', default: '5' }, write: { type: 'boolean', default: false } },
});
const amounts: Amounts = {
  source: 300,
  train: 80,
  test: 100,
  epochs: { source: 20, target: 60 },
  seeds: Number(values.seeds),
};
const entry = join(import.meta.dirname, '../../electron/engine/process.ts');
const dataDir = await mkdtemp(join(tmpdir(), 'graft-bench-'));
const engines = { compute: createEngineClient({ entry }), media: createEngineClient({ entry }) };
const lab = createLab({ dataDir, version: 'bench', host: 'terminal', engines });
try {
  const table = tableOf(await judgeSources(lab, amounts));
  stdout.write(`${table}\n`);
  if (values.write) await writeFile(join(import.meta.dirname, 'TRANSFER.md'), report(table, amounts));
} finally {
  await lab.close();
  await rm(dataDir, { recursive: true, force: true });
}

function tableOf(judged: readonly Judged[]): string {
  const rows = judged.flatMap(({ source, sourceAccuracy, check }) =>
    check.baselines.map(({ kind, pairs, gain }) => [
      source,
      percent(sourceAccuracy),
      percent(mean(pairs.map(({ transferred }) => transferred.accuracy))),
      kind,
      percent(mean(pairs.map(({ baseline }) => baseline.accuracy))),
      gain ? points(gain.gain) : '-',
      gain ? interval(gain.interval, points) : '-',
      gain?.verdict ?? '-',
      check.verdict ?? '-',
    ]),
  );
  const header = [
    'Source',
    'Its own task',
    'Carried over',
    'Against',
    'Baseline',
    'Gain',
    '95 %',
    'Verdict',
    'Check',
  ];
  return markdownTable(header, rows);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function report(table: string, { source, train, test, epochs, seeds }: Amounts): string {
  return `# The alarm for negative transfer

Made by \`npm run bench -- transfer --write\`. The target is telling four shapes apart that lie anywhere, in any colour
and turned anyhow: ${train} pictures of each to train on, ${test} to test on, 32 pixels. One source is telling six other
shapes apart, the other telling six plain colours apart, pictures without a single edge; ${source} of each class,
${epochs.source} epochs. What each taught a small network (16, 32, 64 filters) stays frozen below a new head. Both
baselines have the same network, head, pictures and ${epochs.target} epochs; ${seeds} seeds, gains in points of accuracy
with Student's paired interval over the seeds.

${table}
`;
}
