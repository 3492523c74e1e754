import type { BackbonePass } from '../../protocol.ts';

/** The first pass compiles; two more at least, so that one disturbance does not make the number. */
const fewestPasses = 3;

/** Times passes of the whole frozen body and watches what the process grows by meanwhile. Make one before the network. */
export class PassTimer {
  private readonly atStart = process.memoryUsage().rss;
  private readonly passes: number[] = [];
  private largest = 0;

  /** Books one pass of a whole batch, in ms. */
  add(ms: number): void {
    this.passes.push(ms);
    this.largest = Math.max(this.largest, process.memoryUsage().rss);
  }

  get count(): number {
    return this.passes.length;
  }

  /**
   * The median pass after the first. `memory` is null when the process grew by less than the weights alone take
   * (`weightBytes`): it then still held room from work before, and the growth says nothing.
   */
  result(batch: number, weightBytes: number): BackbonePass | null {
    if (this.passes.length < fewestPasses) return null;
    const sorted = this.passes.slice(1).sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] as number;
    const grown = this.largest - this.atStart;
    return { msPerImage: median / batch, batch, memory: grown >= weightBytes ? grown : null };
  }
}
