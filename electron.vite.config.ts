import { resolve } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'electron-vite';
import vuetify from 'vite-plugin-vuetify';

const at = (path: string): string => resolve(import.meta.dirname, path);

export default defineConfig({
  main: {
    build: {
      // Packages stay outside the bundle, the optional CUDA one included: it may not be there.
      externalizeDeps: { include: ['@tensorflow/tfjs-node-gpu'] },
      sourcemap: true,
      rolldownOptions: {
        input: {
          index: at('electron/main/index.ts'),
          cli: at('electron/hosts/cli/main.ts'),
          engine: at('electron/engine/process.ts'),
        },
      },
    },
  },
  preload: {
    build: {
      rolldownOptions: {
        input: { index: at('electron/preload/index.ts') },
        // A sandboxed preload is one CommonJS file.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('renderer'),
    plugins: [vue(), vuetify({ autoImport: true })],
    build: {
      rolldownOptions: { input: { index: at('renderer/index.html') } },
      // Served from this computer: one larger file costs nothing.
      chunkSizeWarningLimit: 4096,
      // The page may not run inline code, and icons are shared with the title bar.
      assetsInlineLimit: 0,
    },
  },
});
