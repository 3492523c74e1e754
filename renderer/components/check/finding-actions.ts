import { useI18n } from 'vue-i18n';
import type { Finding } from '../../../shared/contract/index.ts';
import { useChecks } from '../../stores/data/checks.ts';
import { useItems } from '../../stores/data/items.ts';
import { useProject } from '../../stores/project.ts';
import { useNotices } from '../../stores/window/notices.ts';
import { useEdits } from '../data/edits.ts';

export interface FindingActions {
  label(ids: number[], classId: number): Promise<void>;
  leaveOut(ids: number[]): Promise<void>;
  /** Moves all its pictures to the split they can be in together. */
  keepTogether(finding: Finding): Promise<void>;
  keep(finding: Finding): Promise<void>;
  /** What is most likely right: the suggested label, one split for all, or leaving out what can go. */
  resolve(finding: Finding): Promise<void>;
}

/** What a person does about a finding; every one can be undone. */
export function useFindingActions(): FindingActions {
  const checks = useChecks();
  const items = useItems();
  const project = useProject();
  const notices = useNotices();
  const edits = useEdits();
  const { t } = useI18n();
  const undo = { label: t('words.undo'), run: () => void edits.undo() };

  async function label(ids: number[], classId: number): Promise<void> {
    const n = await notices.attempt(() => items.label(ids, classId));
    if (n === undefined) return;
    notices.show(t('data.labelled', { n, name: project.classById.get(classId)?.name ?? '' }, n), undo);
  }

  async function leaveOut(ids: number[]): Promise<void> {
    if (ids.length === 0) return;
    const n = await notices.attempt(() => items.exclude(ids, true));
    if (n !== undefined) notices.show(t('data.excluded', { n }, n), undo);
  }

  async function keepTogether({ ids, togetherIn: split }: Finding): Promise<void> {
    if (split === null) return;
    const n = await notices.attempt(() => items.setSplit(ids, split));
    if (n !== undefined) notices.show(t('data.moved', { n, split: t(`terms.split.${split}`) }, n), undo);
  }

  async function keep(finding: Finding): Promise<void> {
    const keepIt = !finding.kept;
    if ((await notices.attempt(async () => (await checks.keep(finding, keepIt), true))) === undefined) return;
    const back = {
      label: t('words.undo'),
      run: () => void notices.attempt(() => checks.keep(finding, !keepIt)),
    };
    notices.show(t(keepIt ? 'check.keptDone' : 'check.toldAgain'), back);
  }

  async function resolve(finding: Finding): Promise<void> {
    if (finding.suggestedClass !== null) return label(finding.ids, finding.suggestedClass);
    if (finding.togetherIn !== null) return keepTogether(finding);
    return leaveOut(finding.leaveOut);
  }

  return { label, leaveOut, keepTogether, keep, resolve };
}
