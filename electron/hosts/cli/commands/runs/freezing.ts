import type { Command } from 'commander';
import type { FreezingProof, LabClient } from '../../../../../shared/contract/index.ts';
import { table } from '../../output.ts';
import type { Outcome } from '../../output.ts';
import { findRun, openProject } from '../../project.ts';
import { withLab } from '../../with-lab.ts';

/** Hex digits of a hash that a reader compares. */
const SHORT_HASH = 12;

export function freezingCommands(program: Command): void {
  program
    .command('freezing <dir> <run>')
    .description('show the proof of freezing: what a run changed in each layer')
    .option('--json', 'print one JSON document')
    .action((dir: string, run: string, options: { json?: boolean }) =>
      withLab(options, (lab) => freezing(lab, dir, run)),
    );
}

async function freezing(lab: LabClient, dir: string, wanted: string): Promise<Outcome> {
  await openProject(lab, dir);
  const { id } = await findRun(lab, wanted);
  const proof = await lab.call('runs.freezing', { id });
  if (!proof) return { value: null, text: 'This run has no proof of freezing: it has not ended.' };
  return { value: { run: id, ...proof }, text: `${verdict(proof)}\n\n${rows(proof)}` };
}

function verdict({ layers }: FreezingProof): string {
  const frozen = layers.filter((layer) => layer.frozen);
  const broken = frozen.filter(({ before, after }) => before !== after);
  const values = frozen.reduce((sum, layer) => sum + layer.values, 0);
  if (frozen.length === 0) return 'Nothing was frozen.';
  if (broken.length > 0) return `FROZEN LAYERS CHANGED: ${broken.map(({ layer }) => layer).join(', ')}.`;
  return `All ${frozen.length} frozen layers (${values} values) are bit for bit as they were.`;
}

function rows({ layers }: FreezingProof): string {
  const header = ['Layer', 'Block', 'State', 'Values', 'Changed', 'Before', 'After'];
  return table(
    header,
    layers.map(({ layer, block, frozen, values, changed, before, after }) => [
      layer,
      block,
      frozen ? 'frozen' : 'trained',
      values,
      changed,
      before.slice(0, SHORT_HASH),
      before === after ? 'same' : after.slice(0, SHORT_HASH),
    ]),
  );
}
