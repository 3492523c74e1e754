import { ref, watch, type Ref } from 'vue';
import type { Finding, Item } from '../../../shared/contract/index.ts';
import { useChecks } from '../../stores/data/checks.ts';
import { useProject } from '../../stores/project.ts';
import { offerCommands, type Command } from '../../stores/window/commands.ts';
import { classCommands } from '../data/class-commands.ts';
import { screenKeys } from '../data/screen-keys.ts';
import { useFindingActions } from './finding-actions.ts';

export interface FindingFocus {
  /** Which finding of the list the keys act upon. */
  place: Ref<number>;
  /** Which of its pictures. */
  picture: Ref<number>;
  focus(place: number, picture: number): void;
}

/** Moving through findings and settling them by keyboard alone. */
export function useCheckCommands(): FindingFocus {
  const checks = useChecks();
  const project = useProject();
  const actions = useFindingActions();
  const place = ref(0);
  const picture = ref(0);

  const finding = (): Finding | undefined => checks.findings[place.value];
  const item = (): Item | undefined => finding()?.items[picture.value];

  function focus(nextPlace: number, nextPicture: number): void {
    place.value = Math.max(0, Math.min(nextPlace, checks.findings.length - 1));
    picture.value = Math.max(0, Math.min(nextPicture, (finding()?.items.length ?? 1) - 1));
  }

  // A settled finding leaves the list and the next one takes its place; another kind begins at its first.
  watch(
    () => checks.findings,
    () => focus(place.value, picture.value),
  );
  watch([() => checks.kind, () => checks.kept], () => focus(0, 0));

  const withFinding = (work: (finding: Finding) => Promise<void>) => (): void => {
    const one = finding();
    if (one) void work(one);
  };

  async function leaveOutPicture(): Promise<void> {
    const one = item();
    if (one && !one.excluded) await actions.leaveOut([one.id]);
  }

  async function labelPicture(classId: number): Promise<void> {
    const one = item();
    if (one) await actions.label([one.id], classId);
  }

  const move = (keys: string, help: string, label: string, run: () => void): Command => ({
    id: `check.${keys}`,
    label,
    keys,
    helpKeys: help,
    inPalette: false,
    run,
  });

  const { resolve, keep, exclude } = screenKeys;
  offerCommands('check.title', () => [
    ...classCommands(project.classes, (classId) => void labelPicture(classId)),
    move('ArrowDown', '↑ ↓', 'check.moveFinding', () => focus(place.value + 1, 0)),
    move('ArrowUp', '', 'check.moveFinding', () => focus(place.value - 1, 0)),
    move('ArrowRight', '← →', 'check.movePicture', () => focus(place.value, picture.value + 1)),
    move('ArrowLeft', '', 'check.movePicture', () => focus(place.value, picture.value - 1)),
    { id: 'check.resolve', label: resolve.label, keys: resolve.key, run: withFinding(actions.resolve) },
    { id: 'check.keep', label: keep.label, keys: keep.key, run: withFinding(actions.keep) },
    {
      id: 'check.leaveOut',
      label: 'check.leaveOutPicture',
      keys: exclude.key,
      run: () => void leaveOutPicture(),
    },
    { id: 'check.start', label: 'check.start', run: () => void checks.start() },
  ]);

  return { place, picture, focus };
}
