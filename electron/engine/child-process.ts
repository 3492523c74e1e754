import { fork } from 'node:child_process';
import { engineEnvironment, type EngineWork } from './environment.ts';
import type { ToEngine } from './protocol.ts';

/** A running engine process, whichever way it was started (a fork, Electron's utilityProcess). */
export interface EngineProcess {
  readonly pid: number | undefined;
  send(message: ToEngine): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once when the process is gone, or could not be started. */
  onExit(listener: () => void): void;
  /** Ends the process at once, whatever it is doing. */
  kill(): void;
}

export type StartEngineProcess = (entry: string, args: readonly string[], work: EngineWork) => EngineProcess;

/**
 * Starts the engine as a Node child process. Messages are structured clones, so typed arrays travel as
 * they are. The channel closes with this process; the engine leaves when it does.
 */
export const forkEngine: StartEngineProcess = (entry, args, work) => {
  const child = fork(entry, args, {
    serialization: 'advanced',
    execArgv: [],
    env: engineEnvironment(work),
    // What the engine prints goes to stderr: the terminal host prints one JSON document on stdout.
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  return {
    get pid() {
      return child.pid;
    },
    send(message) {
      // A message to a process that is just dying fails; its exit, which follows, settles the request.
      if (child.connected) child.send(message, () => undefined);
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit(listener) {
      let told = false;
      const once = () => {
        if (!told) listener();
        told = true;
      };
      child.once('exit', once);
      child.on('error', () => {
        if (child.pid === undefined) once();
      });
    },
    kill: () => void child.kill('SIGKILL'),
  };
};
