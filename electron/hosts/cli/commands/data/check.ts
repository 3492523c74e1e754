import { Option } from 'commander';
import type { Command } from 'commander';
import type { CheckSummary, Finding, LabClient } from '../../../../../shared/contract/index.ts';
import type { Language } from '../../../../../shared/errors.ts';
import { findingKinds, findingReason, findingTitle } from '../../../../../shared/findings.ts';
import type { FindingKind } from '../../../../../shared/findings.ts';
import { followJob } from '../../follow.ts';
import { list, seconds, table } from '../../output.ts';
import type { Outcome } from '../../output.ts';
import { openProject } from '../../project.ts';
import { languageOfTerminal } from '../../terminal-language.ts';
import { usage } from '../../usage.ts';
import { withLab } from '../../with-lab.ts';

interface CheckOptions {
  json?: boolean;
  /** False with --no-model. */
  model: boolean;
  weights?: string;
  kind?: string;
  most: string;
}

/** Findings asked for at a time. */
const WINDOW = 200;

export function checkCommand(program: Command): void {
  program
    .command('check <dir>')
    .description('look for broken files, copies, leaks, wrong labels, outliers and shifts in a project')
    .option(
      '--weights <id>',
      'weights of the backbone that looks for wrong labels; by default the best there are',
    )
    .option('--no-model', 'look without a backbone: quicker, but neither wrong labels nor outliers')
    .addOption(new Option('--kind <kind>', 'list findings of this kind alone').choices(findingKinds))
    .option('--most <n>', 'findings listed per kind', '10')
    .option('--json', 'print one JSON document with every finding')
    .action((dir: string, options: CheckOptions) => withLab(options, (lab) => check(lab, dir, options)));
}

async function check(lab: LabClient, dir: string, options: CheckOptions): Promise<Outcome> {
  const most = Number(options.most);
  if (!Number.isInteger(most) || most < 1) throw usage('--most is a number from 1 on');
  await openProject(lab, dir);
  const weights = options.model ? options.weights : null;
  const { job } = await lab.call('checks.start', { weights });
  await followJob(lab, job);
  const summary = await lab.call('checks.summary', {});
  const kinds = summary.kinds.filter(
    ({ kind, open }) => open > 0 && (!options.kind || kind === options.kind),
  );
  const found: Found[] = [];
  for (const { kind, open } of kinds) found.push({ kind, open, findings: await all(lab, kind) });
  const value = { ...summary, findings: found.flatMap(({ findings }) => findings.map(plain)) };
  return { value, text: describe(summary, found, most, languageOfTerminal()) };
}

interface Found {
  kind: FindingKind;
  open: number;
  findings: Finding[];
}

async function all(lab: LabClient, kind: FindingKind): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (;;) {
    const window = await lab.call('checks.list', { kind, offset: findings.length, limit: WINDOW });
    findings.push(...window.findings);
    if (findings.length >= window.total || window.findings.length === 0) return findings;
  }
}

/** A finding for a script: paths instead of whole items. */
function plain({ items, ...finding }: Finding) {
  return {
    ...finding,
    reason: findingReason(finding.kind, finding.params, 'en'),
    items: items.map(({ id, path, classId, split }) => ({ id, path, classId, split })),
  };
}

function describe({ last }: CheckSummary, found: Found[], most: number, language: Language): string {
  const head = list({
    Checked: last?.items ?? 0,
    'Through a backbone': last?.backbone ? `${last.examined} (${last.backbone})` : 'none',
    'Labels judged': last?.skipped ? `no (${last.skipped})` : 'yes',
    Took: seconds(last?.seconds ?? 0),
  });
  if (found.length === 0) return `${head}\nNothing was found.`;
  const counts = table(
    ['Kind', 'Findings', 'What'],
    found.map(({ kind, open }) => [kind, open, findingTitle(kind, language)]),
  );
  const sections = found.map(({ kind, open, findings }) => {
    const rows = findings.slice(0, most).map((finding) => line(finding, language));
    const more = open > most ? [`  ... and ${open - Math.min(open, most)} more (--most ${open})`] : [];
    return [`${findingTitle(kind, language)} (${kind})`, ...rows, ...more].join('\n');
  });
  return [head, counts, ...sections].join('\n\n');
}

function line({ kind, params, items }: Finding, language: Language): string {
  const isAboutGroups = kind.startsWith('class-') || kind.startsWith('shift-');
  const paths = isAboutGroups ? [] : items.map(({ path }) => `\n    ${path}`);
  return `  ${findingReason(kind, params, language)}${paths.join('')}`;
}
