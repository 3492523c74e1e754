import { join } from 'node:path';
import { GraftError } from '../../../../shared/errors.ts';
import { readSafetensors, writeSafetensors } from '../../tensors/safetensors.ts';
import { loadSpec, weightsFile } from './model-store.ts';

const bodyPrefix = 'body/';

/**
 * Writes the body of a finished run as a weight file of its architecture, without the run's head: what was learned
 * on one source becomes a backbone for others. It is to be imported like any other weight file.
 * @throws GraftError `model.missing`, `weights.run-not-zoo` where the network is no architecture of the zoo
 */
export async function saveBackbone(runDir: string, path: string): Promise<{ architecture: string }> {
  const { body } = await loadSpec(runDir);
  if (body.kind !== 'zoo') throw new GraftError('weights.run-not-zoo', { kind: body.kind });
  const { tensors } = await readSafetensors(join(runDir, weightsFile));
  const own = [...tensors].flatMap(([name, value]) =>
    name.startsWith(bodyPrefix) ? [[name.slice(bodyPrefix.length), value] as const] : [],
  );
  await writeSafetensors(path, new Map(own), { architecture: body.arch, alpha: String(body.alpha) });
  return { architecture: body.arch };
}
