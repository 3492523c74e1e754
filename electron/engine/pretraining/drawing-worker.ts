import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import sharp from 'sharp';
import { splits } from '../../../shared/contract/projects.ts';
import type { Split } from '../../../shared/contract/projects.ts';
import { picturePath } from './picture-plan.ts';
import type { DrawingOrder, DrawnClass } from './picture-plan.ts';
import { className, formulaClasses, paintFormula } from './pictures/formula.ts';
import type { FormulaClass } from './pictures/formula.ts';

/** As photographs come: what is learned must not rest on pixels that compression would lose. */
const jpegQuality = 92;

async function drawClass(which: FormulaClass, { dir, plan }: DrawingOrder): Promise<DrawnClass> {
  const name = className(which);
  const sha256: Record<Split, string[]> = { train: [], validation: [], test: [] };
  let index = 0;
  for (const split of splits) {
    await mkdir(dirname(picturePath(dir, split, name, 0)), { recursive: true });
    for (let at = 0; at < plan.counts[split]; at++) {
      const pixels = paintFormula(which, index++, plan.size, plan.seed);
      const raw = { width: plan.size, height: plan.size, channels: 3 as const };
      const jpeg = await sharp(pixels, { raw }).jpeg({ quality: jpegQuality }).toBuffer();
      await writeFile(picturePath(dir, split, name, at), jpeg);
      sha256[split].push(createHash('sha256').update(jpeg).digest('hex'));
    }
  }
  return { name, sha256 };
}

if (parentPort) {
  const order = workerData as DrawingOrder;
  const own = formulaClasses(order.plan.classes).filter((_, at) => at % order.threads === order.thread);
  for (const which of own) parentPort.postMessage(await drawClass(which, order));
}
