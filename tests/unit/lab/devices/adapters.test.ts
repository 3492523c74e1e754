import { describe, expect, it } from 'vitest';
import {
  isSoftware,
  modelIn,
  parseNvidiaSmi,
  parseSystemProfiler,
  parseVideoControllers,
} from '../../../../electron/lab/devices/adapter-lists.ts';
import { readAdapters } from '../../../../electron/lab/devices/adapters.ts';

describe('what the systems say of graphics adapters', () => {
  it('NVIDIA: name and driver, one a line', () => {
    const printed = 'NVIDIA H100 80GB HBM3, 550.54.15\nNVIDIA GeForce RTX 3060, 550.54.15\n';
    expect(parseNvidiaSmi(printed).map(({ name, driver }) => [name, driver])).toEqual([
      ['NVIDIA H100 80GB HBM3', '550.54.15'],
      ['NVIDIA GeForce RTX 3060', '550.54.15'],
    ]);
    expect(parseNvidiaSmi('NVIDIA-SMI has failed because it could not talk to the driver.')).toEqual([]);
  });

  it('Windows: one adapter or several, software ones recognized', () => {
    const one = '{"Name":"Microsoft Basic Render Driver","DriverVersion":null}';
    expect(parseVideoControllers(one)).toEqual([
      { name: 'Microsoft Basic Render Driver', driver: '', software: true, cuda: false, graphics: true },
    ]);
    const two =
      '[{"Name":"NVIDIA GeForce GTX 1650","DriverVersion":"31.0.15.3623"},{"Name":"Intel(R) UHD Graphics","DriverVersion":"30.0"}]';
    expect(parseVideoControllers(two)?.map(({ cuda, software }) => [cuda, software])).toEqual([
      [true, false],
      [false, false],
    ]);
    expect(parseVideoControllers('Get-CimInstance : Access denied')).toBeNull();
  });

  it('macOS: the chip of each display', () => {
    const printed = '{"SPDisplaysDataType":[{"_name":"Apple M2","sppci_model":"Apple M2"}]}';
    expect(parseSystemProfiler(printed, 'macOS 24')).toEqual([
      { name: 'Apple M2', driver: 'macOS 24', software: false, cuda: false, graphics: true },
    ]);
    expect(parseSystemProfiler('', 'macOS 24')).toBeNull();
  });

  it('Linux: the model of a vendor, not of the next one', () => {
    const names =
      '# comment\n1002  AMD\n\t73bf  Navi 21 [Radeon RX 6800]\n\t\t1002 0e3a  board\n10de  NVIDIA\n\t1234  Other\n';
    expect(modelIn(names, '0x1002', '0x73bf')).toBe('Navi 21 [Radeon RX 6800]');
    expect(modelIn(names, '0x1002', '0x1234')).toBeNull();
  });

  it.each(['SwiftShader Device', 'llvmpipe (LLVM 15)', 'Microsoft Basic Render Driver', 'bochs-drm', 'qxl'])(
    '%s is software',
    (name) => expect(isSoftware(name)).toBe(true),
  );

  it.each(['amdgpu', 'i915', 'NVIDIA H100', 'Intel(R) Iris(R) Xe Graphics', 'Apple M2'])(
    '%s is not',
    (name) => expect(isSoftware(name)).toBe(false),
  );

  it('a software driver prescribed by the environment serves WebGPU in place of the hardware', async () => {
    const manifest = '/usr/lib/chromium/vk_swiftshader_icd.json';
    const adapters = await readAdapters('linux', { VK_ICD_FILENAMES: manifest });
    const graphics = adapters?.filter((adapter) => adapter.graphics);
    expect(graphics).toMatchObject([{ name: 'SwiftShader', software: true }]);
  });

  it('an unknown system answers that it cannot tell', async () => {
    expect(await readAdapters('freebsd', {})).toBeNull();
  });
});
