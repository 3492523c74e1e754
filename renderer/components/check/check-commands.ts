import { ref, watch, type Ref } from 'vue';
import type { Finding, Item } from '../../../shared/contract/index.ts';
import { useChecks } from '../../stores/checks.ts';
import { useProject } from '../../stores/project.ts';
import { offerCommands, type Command } from '../../stores/window/commands.ts';
import { useFindingActions } from './finding-actions.ts';

const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9];

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

  async function labelPicture(digit: number): Promise<void> {
    const [one, entry] = [item(), project.classes[digit - 1]];
    if (one && entry) await actions.label([one.id], entry.id);
  }

  const move = (keys: string, help: string, label: string, run: () => void): Command => ({
    id: `check.${keys}`,
    label,
    keys,
    helpKeys: help,
    inPalette: false,
    run,
  });

  offerCommands('check.title', [
    move('ArrowDown', '↑ ↓', 'check.moveFinding', () => focus(place.value + 1, 0)),
    move('ArrowUp', '', 'check.moveFinding', () => focus(place.value - 1, 0)),
    move('ArrowRight', '← →', 'check.movePicture', () => focus(place.value, picture.value + 1)),
    move('ArrowLeft', '', 'check.movePicture', () => focus(place.value, picture.value - 1)),
    { id: 'check.resolve', label: 'check.resolve', keys: 'R', run: withFinding(actions.resolve) },
    { id: 'check.keep', label: 'check.keep', keys: 'K', run: withFinding(actions.keep) },
    { id: 'check.leaveOut', label: 'check.leaveOutPicture', keys: 'E', run: () => void leaveOutPicture() },
    { id: 'check.start', label: 'check.start', run: () => void checks.start() },
    ...digits.map((digit): Command => ({
      id: `check.label${digit}`,
      label: 'check.labelPicture',
      keys: String(digit),
      helpKeys: digit === 1 ? '1–9' : '',
      inPalette: false,
      run: () => void labelPicture(digit),
    })),
  ]);

  return { place, picture, focus };
}
