import { openLab } from '../open-lab.ts';
import type { Lab } from '../../lab/lab.ts';
import { print } from './output.ts';
import type { Outcome } from './output.ts';

/** Opens the lab for one command, prints what the command has to say, and closes the lab whatever happens. */
export async function withLab(
  { json = false }: { json?: boolean },
  command: (lab: Lab) => Promise<Outcome>,
): Promise<void> {
  const lab = openLab({ host: 'terminal' });
  try {
    print(await command(lab), json);
  } finally {
    await lab.close();
  }
}
