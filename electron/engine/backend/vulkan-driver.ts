import { readFileSync } from 'node:fs';

/** Vulkan drivers that compute on the processor, by their library's name. */
const softwareDrivers: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/libvk_swiftshader/, 'SwiftShader'],
  [/libvulkan_lvp/, 'llvmpipe'],
];
const anyDriver = /libvulkan_(?!lvp)\w+\.so|libGLX_nvidia|libnvidia-vulkan|amdvlk/;

/**
 * The software Vulkan driver this process computes with, when it has loaded one and no other (Linux only;
 * elsewhere null). ONNX Runtime does not say which adapter it took; the libraries in memory do. The Vulkan
 * loader lets go of drivers that found no hardware.
 */
export function loadedSoftwareDriver(mapped: string = mappedFiles()): string | null {
  if (anyDriver.test(mapped)) return null;
  return softwareDrivers.find(([pattern]) => pattern.test(mapped))?.[1] ?? null;
}

function mappedFiles(): string {
  try {
    return readFileSync('/proc/self/maps', 'utf8');
  } catch {
    return '';
  }
}
