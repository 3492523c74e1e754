import type { UtilityProcess } from 'electron';
import type { EngineProcess, StartEngineProcess } from '../engine/child-process.ts';
import { engineEnvironment } from '../engine/environment.ts';

type Fork = (
  entry: string,
  args: string[],
  options: { serviceName: string; stdio: 'inherit'; env: NodeJS.ProcessEnv },
) => UtilityProcess;

/** Starts the engine as Electron's utility process; `fork` is `utilityProcess.fork`. */
export function startUtilityEngine(fork: Fork): StartEngineProcess {
  return (entry, args, work): EngineProcess => {
    const options = { serviceName: 'Graft engine', stdio: 'inherit', env: engineEnvironment(work) } as const;
    const child = fork(entry, [...args], options);
    let pid: number | undefined;
    child.once('spawn', () => (pid = child.pid));
    return {
      get pid() {
        return pid;
      },
      send: (message) => child.postMessage(message),
      onMessage: (listener) => void child.on('message', listener),
      onExit: (listener) => void child.once('exit', () => listener()),
      // `kill` asks politely, which a native call does not hear.
      kill: () => void (pid === undefined ? child.kill() : endAtOnce(pid)),
    };
  };
}

function endAtOnce(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
