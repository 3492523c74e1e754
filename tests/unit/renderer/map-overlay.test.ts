import { expect, test } from 'vitest';
import { mapPlace } from '../../../renderer/components/explain/map-overlay.ts';

test('a map covers what the network saw: the whole picture, or the square in its middle', () => {
  const all = { left: '0%', top: '0%', width: '100%', height: '100%' };
  expect(mapPlace('stretch', { width: 400, height: 200 })).toEqual(all);
  expect(mapPlace('crop', { width: 200, height: 200 })).toEqual(all);
  expect(mapPlace('crop', { width: 400, height: 200 })).toEqual({ ...all, left: '25%', width: '50%' });
  expect(mapPlace('crop', { width: 200, height: 800 })).toEqual({ ...all, top: '37.5%', height: '25%' });
});
