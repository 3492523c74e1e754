import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { menuTemplate } from '../../../electron/main/menu.ts';
import { wordsFor } from '../../../electron/main/words.ts';

const actions = { showDataFolder: () => undefined };

function labels(items: MenuItemConstructorOptions[]): string[] {
  return items.flatMap((item) => [
    item.label ?? '',
    ...labels((item.submenu as MenuItemConstructorOptions[]) ?? []),
  ]);
}

function roles(items: MenuItemConstructorOptions[]): unknown[] {
  return items.flatMap((item) => [item.role, ...roles((item.submenu as MenuItemConstructorOptions[]) ?? [])]);
}

describe('menu', () => {
  it('has the application menu on macOS, and quits from File elsewhere', () => {
    const mac = menuTemplate(wordsFor('en', ''), 'darwin', actions);
    const linux = menuTemplate(wordsFor('en', ''), 'linux', actions);
    expect(mac[0]!.label).toBe('Graft');
    expect(roles(mac)).toContain('services');
    expect(linux[0]!.label).toBe('File');
    expect(roles([linux[0]!])).toContain('quit');
    expect(roles(mac.slice(1))).not.toContain('quit');
  });

  it.each(['darwin', 'win32', 'linux'] as const)('names every entry in both languages on %s', (platform) => {
    for (const language of ['en', 'zh'] as const) {
      const items = menuTemplate(wordsFor(language, ''), platform, actions);
      const unnamed = labels(items).filter((label) => label === '').length;
      const separators = items
        .flatMap((item) => item.submenu as MenuItemConstructorOptions[])
        .filter(({ type }) => type === 'separator').length;
      expect(unnamed).toBe(separators);
    }
  });

  it('follows the system where no language was chosen', () => {
    expect(wordsFor(null, 'zh-CN')).toBe(wordsFor('zh', 'en-GB'));
    expect(wordsFor(null, 'fr-FR')).toBe(wordsFor('en', 'zh-CN'));
  });
});
