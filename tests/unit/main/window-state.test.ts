import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readWindowState, writeWindowState } from '../../../electron/main/window-state.ts';

const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }];
const state = { x: 100, y: 50, width: 1200, height: 800, maximized: true };
const file = (): string => join(mkdtempSync(join(tmpdir(), 'graft-window-')), 'window.json');

describe('window state', () => {
  it('comes back as it was left', () => {
    const path = file();
    writeWindowState(path, state);
    expect(readWindowState(path, screens)).toEqual(state);
  });

  it('is forgotten when the screen it was on is gone', () => {
    const path = file();
    writeWindowState(path, { ...state, x: 2500 });
    expect(readWindowState(path, screens)).toBeNull();
    expect(readWindowState(path, [...screens, { ...screens[0]!, x: 1920 }])).toMatchObject({ x: 2500 });
  });

  it('is forgotten when the file is damaged, and disturbs nobody when it cannot be written', () => {
    const path = file();
    writeFileSync(path, '{"x": 1');
    expect(readWindowState(path, screens)).toBeNull();
    expect(() => writeWindowState(join(path, 'under-a-file'), state)).not.toThrow();
  });
});
