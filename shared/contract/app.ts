import { z } from 'zod';
import { method } from './method.ts';

export const engineInfoSchema = z.object({
  state: z.enum(['starting', 'ready', 'lost', 'failed']),
  /** tfjs backend name, e.g. `onnxruntime`. */
  backend: z.string(),
  /** `cpu`, `webgpu`, `dml`, `coreml` or `cuda`. */
  device: z.string(),
  /** What a person calls it, e.g. "CPU, 2 threads". */
  label: z.string(),
  threads: z.number().int(),
  /** Resident memory of the engine process in bytes. */
  memory: z.number(),
  pid: z.number().int(),
  restarts: z.number().int(),
});
export type EngineInfo = z.infer<typeof engineInfoSchema>;

export const appInfoSchema = z.object({
  version: z.string(),
  host: z.enum(['electron', 'browser', 'terminal']),
  platform: z.string(),
  arch: z.string(),
  node: z.string(),
  /** Where the weights library and the list of recent projects live. */
  dataDir: z.string(),
  home: z.string(),
  /** Where weight files that were fetched by hand are put. */
  inboxDir: z.string(),
  /** Started with --offline or GRAFT_OFFLINE=1: the setting cannot undo it. */
  startedOffline: z.boolean(),
  engine: engineInfoSchema,
});
export type AppInfo = z.infer<typeof appInfoSchema>;

export const folderEntrySchema = z.object({
  name: z.string(),
  path: z.string(),
  isFolder: z.boolean(),
  bytes: z.number(),
});
export type FolderEntry = z.infer<typeof folderEntrySchema>;

const themeSchema = z.enum(['system', 'dark', 'light']);
const languageSchema = z.enum(['en', 'zh']).nullable();

export const settingsSchema = z.object({
  theme: themeSchema.default('system'),
  language: languageSchema.default(null),
  /** Nothing is ever fetched; Graft says what to fetch by hand. */
  offline: z.boolean().default(false),
});
/** Not `settingsSchema.partial()`, which would fill what is left out with its default. */
const settingsChangesSchema = z.object({
  theme: themeSchema.optional(),
  language: languageSchema.optional(),
  offline: z.boolean().optional(),
});
export type Settings = z.infer<typeof settingsSchema>;

export const appMethods = {
  'app.info': method(z.object({}), appInfoSchema),
  'app.settings': method(z.object({}), settingsSchema),
  'app.setSettings': method(settingsChangesSchema, settingsSchema),
  /** Asks with the system's dialog. `supported: false` where the host has none (browser): use `app.listFolder`. */
  'app.pick': method(
    z.object({
      kind: z.enum(['folder', 'files', 'save']),
      title: z.string().max(200),
      extensions: z.array(z.string().max(20)).max(40).default([]),
      suggestedName: z.string().max(255).optional(),
    }),
    z.object({ supported: z.boolean(), paths: z.array(z.string()) }),
  ),
  /** What a folder holds, folders first, for the in-app picker. An empty path means the home folder. */
  'app.listFolder': method(
    z.object({ path: z.string().max(4096) }),
    z.object({
      path: z.string(),
      parent: z.string().nullable(),
      entries: z.array(folderEntrySchema),
      truncated: z.boolean(),
    }),
  ),
  'app.makeFolder': method(
    z.object({ parent: z.string().max(4096), name: z.string().min(1).max(255) }),
    z.object({ path: z.string() }),
  ),
  'app.restartEngine': method(z.object({}), engineInfoSchema),
};
