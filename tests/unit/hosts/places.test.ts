import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appRoot, appVersion, dataDir, engineFile } from '../../../electron/hosts/places.ts';

describe('places', () => {
  it('finds the checkout and the engine in it', () => {
    expect(existsSync(join(appRoot, 'package-lock.json'))).toBe(true);
    expect(existsSync(engineFile)).toBe(true);
    expect(appVersion).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('keeps data where each system keeps it', () => {
    expect(dataDir({}, 'linux', '/home/me')).toBe(join('/home/me', '.local', 'share', 'graft'));
    expect(dataDir({ XDG_DATA_HOME: '/xdg' }, 'linux', '/home/me')).toBe(join('/xdg', 'graft'));
    expect(dataDir({}, 'darwin', '/Users/me')).toBe(
      join('/Users/me', 'Library', 'Application Support', 'Graft'),
    );
    expect(dataDir({ APPDATA: '/roaming' }, 'win32', '/me')).toBe(join('/roaming', 'Graft'));
    expect(dataDir({ GRAFT_DATA_DIR: '/mine' }, 'darwin', '/Users/me')).toBe('/mine');
  });
});
