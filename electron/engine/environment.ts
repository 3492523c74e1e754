/** What an engine process must find in its environment before it starts. */
import { availableParallelism } from 'node:os';

/**
 * glibc gives large blocks back to the system at once and gets them again, page by page, a moment later, which made
 * a training step without an arena almost twice as slow. Told to keep them, it is as fast as an arena in two thirds
 * of the memory.
 */
const KEEPING_MALLOC = { MALLOC_MMAP_THRESHOLD_: String(2 ** 32), MALLOC_TRIM_THRESHOLD_: String(2 ** 33) };

/** Decoding on several threads gave glibc an arena each, none of which gave back what a large picture had taken. */
const FEW_ARENAS = { MALLOC_ARENA_MAX: '2' };

/** What an engine process is for. */
export type EngineWork = 'compute' | 'media';

interface ReportHeader {
  readonly glibcVersionRuntime?: string;
}

/** Other systems, and musl, have a malloc these words say nothing to. */
function usesGlibc(): boolean {
  if (process.platform !== 'linux') return false;
  const { header } = process.report.getReport() as { header: ReportHeader };
  return header.glibcVersionRuntime !== undefined;
}

/** Whether this process was started with a malloc that keeps what is freed. */
export function mallocKeepsMemory(): boolean {
  return process.env['MALLOC_MMAP_THRESHOLD_'] === KEEPING_MALLOC.MALLOC_MMAP_THRESHOLD_;
}

/** The environment engine processes are started in. What the user set wins. */
export function engineEnvironment(work: EngineWork): NodeJS.ProcessEnv {
  const malloc = work === 'compute' ? KEEPING_MALLOC : FEW_ARENAS;
  return {
    // Decoding and file reading share libuv's pool, whose default of four leaves further cores idle.
    UV_THREADPOOL_SIZE: String(Math.max(4, availableParallelism() + 2)),
    ...(usesGlibc() ? malloc : {}),
    ...process.env,
  };
}
