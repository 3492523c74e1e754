import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
export const repository = join(here, '..', '..');

/**
 * Bundles the specs with one copy of tfjs-core and our backend. Without `ignoreAnnotations` tree-shaking
 * drops nearly all specs, since tfjs declares its modules free of side effects.
 */
export async function bundleSpecs(outfile: string): Promise<void> {
  await build({
    entryPoints: [join(here, 'suite.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    ignoreAnnotations: true,
    external: ['jasmine-core', 'onnxruntime-node', '@tensorflow/tfjs-node-gpu'],
    // Native packages are found from the repository, not from where the bundle lies.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(repository, 'package.json')).href) },
    logLevel: 'error',
  });
}
