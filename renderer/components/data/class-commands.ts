import type { ClassInfo } from '../../../shared/contract/index.ts';
import type { Command } from '../../stores/window/commands.ts';

/** Labelling with each class: by its key where it has one, and by its name in the palette. */
export function classCommands(classes: readonly ClassInfo[], label: (classId: number) => void): Command[] {
  return classes.map(({ id, name, key }) => ({
    id: `data.label.${id}`,
    label: 'data.labelAs',
    params: { name },
    keys: key ?? undefined,
    run: () => label(id),
  }));
}
