import { defineStore } from 'pinia';
import { computed, onBeforeUnmount, shallowRef, toValue, type MaybeRefOrGetter } from 'vue';

/** Something a person can do here: in the palette by its label, at once by its key. */
export interface Command {
  id: string;
  /** Key of the locale files. */
  label: string;
  params?: Record<string, string | number>;
  /** e.g. `Ctrl+K`, `Shift+ArrowUp`, `?`; Ctrl stands for Cmd on a Mac. */
  keys?: string;
  run: () => void;
  /** False for movements that make no sense in the palette. */
  inPalette?: boolean;
  /** How the keys stand in the help, where that differs; an empty text leaves the line out. */
  helpKeys?: string;
  /** Works while a text field has the focus. */
  inFields?: boolean;
}

export interface CommandGroup {
  /** Key of the locale files: the screen or the frame. */
  title: string;
  /** A getter where they change, as the classes do. */
  commands: MaybeRefOrGetter<Command[]>;
}

const isMac = typeof navigator !== 'undefined' && navigator.platform.startsWith('Mac');

/** The spelling of the key that was pressed: `Ctrl+Shift+Z`, `ArrowDown`, `7`, `?`. */
export function pressedKeys(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const isSign = event.key.length === 1 && !/[a-z0-9 ]/i.test(event.key);
  return [
    event.ctrlKey || event.metaKey ? 'Ctrl+' : '',
    event.altKey ? 'Alt+' : '',
    event.shiftKey && !isSign ? 'Shift+' : '',
    key === ' ' ? 'Space' : key,
  ].join('');
}

/** How a key is drawn: `⌘K` on a Mac, `Ctrl+K` elsewhere. */
export function drawnKeys(keys: string): string {
  const arrows = keys
    .replace('ArrowUp', '↑')
    .replace('ArrowDown', '↓')
    .replace('ArrowLeft', '←')
    .replace('ArrowRight', '→');
  return isMac ? arrows.replace('Ctrl+', '⌘').replace('Shift+', '⇧').replace('Alt+', '⌥') : arrows;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName)) &&
    !/^(checkbox|radio|range|button)$/.test(target.getAttribute('type') ?? '')
  );
}

/** A button or link is pressed by these keys itself. */
function pressesControl(keys: string, target: EventTarget | null): boolean {
  return (
    /^(Space|Enter)$/.test(keys) && target instanceof HTMLElement && /^(button|a)$/i.test(target.tagName)
  );
}

export const useCommands = defineStore('commands', () => {
  const groups = shallowRef<CommandGroup[]>([]);
  const all = computed(() => groups.value.flatMap((group) => toValue(group.commands)));

  function add(group: CommandGroup): () => void {
    groups.value = [...groups.value, group];
    return () => (groups.value = groups.value.filter((known) => known !== group));
  }

  /** Runs what is bound to the pressed key; the newest screen's bindings come first. */
  function press(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    const keys = pressedKeys(event);
    if (pressesControl(keys, event.target)) return;
    const typing = isTyping(event.target);
    const command = [...all.value].reverse().find((one) => one.keys === keys && (!typing || one.inFields));
    if (!command) return;
    event.preventDefault();
    command.run();
  }

  return { groups, all, add, press };
});

/** Offers commands as long as the calling component is there. */
export function offerCommands(title: string, commands: MaybeRefOrGetter<Command[]>): void {
  const remove = useCommands().add({ title, commands });
  onBeforeUnmount(remove);
}
