/** The judgement of the starter backbone as a table for people. */
import { summarizeRepeats, transferGain } from '../../../electron/evaluation/significance/repeats.ts';

/** Accuracies (0 to 1) over the same seeds, of the carried-over network and of what it has to beat. */
export interface Judgement {
  set: string;
  /** `probe`: against random frozen features; `tune`: against training from scratch. */
  method: 'probe' | 'tune';
  /** Side of the input in pixels. */
  size: number;
  /** Training pictures of each class. */
  perClass: number;
  seeds: number[];
  epochs?: number;
  transfer: number[];
  baseline: number[];
}

const methods = {
  probe: { title: 'Linear probe on frozen features', baseline: 'random weights' },
  tune: { title: 'Whole network trained on', baseline: 'from scratch' },
};

const percent = (share: number): string => (100 * share).toFixed(1);
const signed = (share: number): string => `${share >= 0 ? '+' : ''}${percent(share)}`;

/** Markdown: one table for each method, accuracies in percent. */
export function writeTable(judgements: readonly Judgement[]): string {
  const parts = (['probe', 'tune'] as const).map((method) => {
    const own = judgements
      .filter((one) => one.method === method)
      .sort((a, b) => a.set.localeCompare(b.set) || a.size - b.size || a.perClass - b.perClass);
    if (own.length === 0) return '';
    const { title, baseline } = methods[method];
    const head = `### ${title}\n\n| pictures | each class | input | starter | ${baseline} | gain (95 % interval) | |\n|---|--:|--:|--:|--:|--:|---|\n`;
    return `${head}${own.map(line).join('')}`;
  });
  return `${intro}\n${parts.filter((part) => part !== '').join('\n')}`;
}

const intro = `## What the starter backbone gains

Accuracy on test pictures in percent, mean over five seeds; a seed decides which training pictures are drawn and the
random weights. The gain is paired over the seeds, with Student's 95 % interval. What has no row was not measured.
The probe is softmax regression on standardized features, its L2 chosen on validation. Trained on: the whole network by
one recipe (AdamW at 1e-3, cosine, 120 steps of 32 pictures, slightly turned, shifted, zoomed and mirrored), from the
starter's weights and from random ones. Made by \`npm run judge-starter\`.
`;

function line({ set, perClass, size, transfer, baseline }: Judgement): string {
  const { gain, interval, verdict } = transferGain(transfer, baseline);
  const [own, other] = [summarizeRepeats(transfer).mean, summarizeRepeats(baseline).mean];
  const words = { positive: 'helps', negative: 'harms', unproven: 'not proven' };
  const range = `${signed(gain)} (${signed(interval[0])} to ${signed(interval[1])})`;
  return `| ${set} | ${perClass} | ${size} | ${percent(own)} | ${percent(other)} | ${range} | ${words[verdict]} |\n`;
}
