/** A process that does one workload on request, ours or the reference's, and says how long it took. */
import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import type { Interface } from 'node:readline';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

type Answer = Readonly<Record<string, unknown>>;

export class Contestant {
  readonly name: string;
  readonly runsMs: number[] = [];
  /** Processor time of each run, over all threads: what wall time would say on a machine that does nothing else. */
  readonly runsCpuMs: number[] = [];
  /** Milliseconds from starting the process to the end of the first run. */
  firstRunMs = NaN;
  peakBytes = NaN;
  stats: unknown = null;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  readonly #interface: Interface;

  constructor(name: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    this.name = name;
    this.#child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#interface = createInterface({ input: this.#child.stdout });
    this.#lines = this.#interface[Symbol.asyncIterator]();
  }

  /** The next JSON line; libraries print other lines, which are passed over. */
  async #answer(): Promise<Answer> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error(`${this.name} ended before it answered.`);
      if (value.startsWith('{')) return JSON.parse(value) as Answer;
    }
  }

  /** Waits until it is warmed up. */
  async ready(): Promise<void> {
    for (;;) {
      const answer = await this.#answer();
      if (typeof answer['firstRunMs'] === 'number') this.firstRunMs = answer['firstRunMs'];
      if (answer['ready']) return;
    }
  }

  async run(): Promise<void> {
    this.#child.stdin.write('run\n');
    const { ms, cpuMs } = await this.#answer();
    this.runsMs.push(Number(ms));
    this.runsCpuMs.push(Number(cpuMs));
  }

  async finish(): Promise<void> {
    this.#child.stdin.end();
    const { peakBytes, stats } = await this.#answer();
    this.peakBytes = Number(peakBytes);
    this.stats = stats ?? null;
    this.#interface.close();
  }
}
