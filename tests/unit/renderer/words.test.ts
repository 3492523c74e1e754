import { describe, expect, it } from 'vitest';
import { defaultRecipe } from '../../../shared/recipe/recipe.ts';
import { recipeWords } from '../../../renderer/components/train/recipe-words.ts';
import { bytes, compactCount, duration, joinPath, percent, points, rate } from '../../../renderer/format.ts';
import { i18n } from '../../../renderer/i18n.ts';
import { editKey, engineLabel, phaseKey } from '../../../renderer/words.ts';
import { pressedKeys } from '../../../renderer/stores/window/commands.ts';

const names = { architecture: () => 'MobileNetV2', run: () => 'run 1' };
const t = (key: string, params?: Record<string, unknown>): string => i18n.global.t(key, params ?? {});

describe('a recipe in words', () => {
  it('says what is carried over, what is trained and how', () => {
    const source = { from: 'library', arch: 'mobilenet_v2', weights: 'x', alpha: 1 } as const;
    const lines = recipeWords(defaultRecipe('fine-tune', source, 160, 'block_16'), t, names);
    expect(lines[0]).toBe('MobileNetV2, pretrained');
    expect(lines).toContain('Stage 1: Head alone; 10 epochs, Adam at 0.001, batches of 64');
    expect(lines).toContain('Stage 2: From block_16 up; 5 epochs, Adam at 5e-5, batches of 32');
    expect(lines.join()).not.toMatch(/\{|recipe\./);
  });
});

describe('numbers as people read them', () => {
  it.each([
    [percent(0.9634), '96.3 %'],
    [points(0.0183), '+1.8'],
    [points(-0.02), '−2.0'],
    [compactCount(14_714_688), '14.7 M'],
    [compactCount(331), '331'],
    [bytes(1023), '1023 B'],
    [bytes(14_536_568), '14 MB'],
    [duration(0.42), '0.4 s'],
    [duration(200), '3 min 20 s'],
    [duration(119.7), '2 min 0 s'],
    [duration(59.6), '1 min 0 s'],
    [duration(3905), '1 h 05 min'],
    [rate(0.00001), '1e-5'],
    [joinPath('C:\\Users\\me', 'Graft', 'x'), 'C:\\Users\\me\\Graft\\x'],
    [joinPath('/home/me/', 'Graft'), '/home/me/Graft'],
  ])('%s', (shown, expected) => {
    expect(shown).toBe(expected);
  });
});

describe('codes from the lab', () => {
  it('have a plain word where this version does not know them', () => {
    expect(phaseKey('features')).toBe('terms.phase.features');
    expect(phaseKey('of-a-later-version')).toBe('terms.phase.other');
    expect(editKey('of-a-later-version')).toBe('terms.edit.other');
  });

  it('name the device in the language of the interface', () => {
    i18n.global.locale.value = 'zh';
    expect(engineLabel('CPU, 2 threads')).toBe('CPU，2 线程');
    i18n.global.locale.value = 'en';
    expect(engineLabel('CPU, 1 threads')).toBe('CPU, 1 thread');
    expect(engineLabel('CUDA, RTX 4070')).toBe('CUDA, RTX 4070');
  });
});

describe('keys', () => {
  const press = (key: string, held: Partial<KeyboardEvent> = {}): string =>
    pressedKeys({
      key,
      ctrlKey: false,
      metaKey: false,
      altKey: false,
      shiftKey: false,
      ...held,
    } as KeyboardEvent);

  it('are spelled one way, whatever the keyboard', () => {
    expect(press('z', { ctrlKey: true })).toBe('Ctrl+Z');
    expect(press('Z', { metaKey: true, shiftKey: true })).toBe('Ctrl+Shift+Z');
    expect(press('?', { shiftKey: true })).toBe('?');
    expect(press('7')).toBe('7');
    expect(press(' ')).toBe('Space');
    expect(press('ArrowDown', { shiftKey: true })).toBe('Shift+ArrowDown');
  });
});
