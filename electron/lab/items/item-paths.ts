import { dirname, isAbsolute, join, parse, relative, sep } from 'node:path';

/**
 * How a project remembers where a file is: relative to the project folder, with `/`, when it lies in it or
 * beside it (in the folder that holds the project), so that both can move together; else absolute.
 */
export function storedPath(projectDir: string, path: string): string {
  const fromProject = relative(projectDir, path);
  if (isAbsolute(fromProject)) return path;
  const steps = fromProject.split(sep);
  const beside = steps[0] === '..' && steps[1] !== '..' && dirname(projectDir) !== parse(projectDir).root;
  return steps[0] !== '..' || beside ? steps.join('/') : path;
}

/** Where a stored path leads now. */
export function absolutePath(projectDir: string, stored: string): string {
  return isAbsolute(stored) ? stored : join(projectDir, stored);
}
