import type { Command } from 'commander';
import type { Item, LabClient, Project, SuggestionSummary } from '../../../../../shared/contract/index.ts';
import { GraftError } from '../../../../../shared/errors.ts';
import { followJob } from '../../follow.ts';
import { list, percent, seconds, table } from '../../output.ts';
import type { Outcome } from '../../output.ts';
import { openProject } from '../../project.ts';
import { usage } from '../../usage.ts';
import { withLab } from '../../with-lab.ts';

interface SuggestOptions {
  json?: boolean;
  backbone?: string;
  accept?: string;
  most: string;
}

/** Items asked for at a time. */
const WINDOW = 2000;

export function suggestCommand(program: Command): void {
  program
    .command('suggest <dir>')
    .description('say what unlabelled pictures probably are, and which of them to label next')
    .option('--backbone <id>', 'weights of the backbone to learn on; by default the best there are')
    .option('--accept <sure>', 'label those that are at least this sure, e.g. 0.95, as suggested')
    .option('--most <n>', 'pictures of the labelling queue listed', '20')
    .option('--json', 'print one JSON document with every suggestion')
    .action((dir: string, options: SuggestOptions) => withLab(options, (lab) => suggest(lab, dir, options)));
}

async function suggest(lab: LabClient, dir: string, options: SuggestOptions): Promise<Outcome> {
  const most = Number(options.most);
  if (!Number.isInteger(most) || most < 1) throw usage('--most is a number from 1 on');
  const sure = options.accept === undefined ? null : Number(options.accept);
  if (sure !== null && !(sure > 0 && sure <= 1)) throw usage('--accept is a number above 0 and up to 1');
  const project = await openProject(lab, dir);
  const { job } = await lab.call('suggestions.start', { weights: options.backbone });
  await followJob(lab, job);
  const { last } = await lab.call('suggestions.summary', {});
  if (!last) throw new GraftError('cancelled');
  const queue = await queued(lab);
  const accepted =
    sure === null ? null : await lab.call('suggestions.accept', { filter: { agreement: 'suggested', sure } });
  const suggestions = queue.map((item) => plain(project, item));
  const value = { ...last, accepted: accepted?.changed ?? 0, suggestions };
  return { value, text: describe(last, accepted?.changed ?? null, suggestions.slice(0, most)) };
}

/** Every item of the labelling queue, the one to label first at its head. */
async function queued(lab: LabClient): Promise<Item[]> {
  const items: Item[] = [];
  for (;;) {
    const filter = { agreement: 'suggested' as const };
    const window = await lab.call('items.list', {
      filter,
      order: 'queue',
      offset: items.length,
      limit: WINDOW,
    });
    items.push(...window.items);
    if (items.length >= window.total || window.items.length === 0) return items;
  }
}

function plain({ classes }: Project, { id, path, suggestion }: Item) {
  const name = classes.find((entry) => entry.id === suggestion?.classId)?.name ?? '';
  return { id, path, class: name, probability: suggestion?.probability ?? 0 };
}

function describe(
  { backbone, labels, classes, open, accuracy, seconds: took }: NonNullable<SuggestionSummary['last']>,
  accepted: number | null,
  suggestions: ReturnType<typeof plain>[],
): string {
  const head = list({
    'Learned from': `${labels} labels of ${classes} classes, on ${backbone}`,
    'Estimated accuracy': accuracy
      ? `${percent(accuracy.value)} (${percent(accuracy.low)} to ${percent(accuracy.high)}, cross-validated on ${accuracy.judged} labels)`
      : 'too few labels to say',
    Suggestions: open,
    ...(accepted === null ? {} : { Accepted: accepted }),
    Took: seconds(took),
  });
  if (suggestions.length === 0) return `${head}\nEvery picture has a label.`;
  const rows = suggestions.map(({ path, class: name, probability }) => [path, name, percent(probability)]);
  return `${head}\n\n${table(['Label next', 'Probably', 'Probability'], rows)}`;
}
