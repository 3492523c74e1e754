import { Command, CommanderError } from 'commander';
import { errorText, toGraftError } from '../../../shared/errors.ts';
import { appVersion } from '../places.ts';
import { checkCommand } from './commands/data/check.ts';
import { compareCommand } from './commands/runs/compare.ts';
import { dataCommands } from './commands/data/data.ts';
import { documentCommands } from './commands/runs/documents.ts';
import { doctorCommand } from './commands/doctor.ts';
import { ladderCommand } from './commands/runs/ladder.ts';
import { modelCommands } from './commands/runs/models.ts';
import { learningCurveCommand } from './commands/data/learning-curve.ts';
import { sealCommand } from './commands/data/seal.ts';
import { serveCommand } from './commands/serve.ts';
import { freezingCommands } from './commands/runs/freezing.ts';
import { suggestCommand } from './commands/data/suggest.ts';
import { splitCommand } from './commands/data/split.ts';
import { sourceCommands } from './commands/data/sources.ts';
import { reproduceCommand } from './commands/runs/reproduce.ts';
import { sweepCommand } from './commands/runs/sweep.ts';
import { trainCommands } from './commands/runs/train.ts';
import { estimateCommand } from './commands/runs/estimate.ts';
import { transferCommand } from './commands/runs/transfer.ts';
import { zooCommands } from './commands/zoo.ts';
import { note } from './output.ts';
import { languageOfTerminal } from './terminal-language.ts';
import { WRONG_USAGE } from './usage.ts';

/** The terminal host: exit code 0 for done, 1 for an error, 2 for wrong usage. */
process.exitCode = await run(process.argv);

async function run(argv: string[]): Promise<number> {
  try {
    await graft().parseAsync(argv);
    return 0;
  } catch (error) {
    return report(error);
  }
}

function graft(): Command {
  const program = new Command('graft');
  program
    .description('Transfer learning on your own computer.')
    .version(appVersion)
    // Read by every host alike, in places.ts.
    .option('--offline', 'fetch nothing, whatever the settings say (also GRAFT_OFFLINE=1)')
    .exitOverride()
    .showHelpAfterError('(graft help shows every command)');
  for (const add of [
    doctorCommand,
    dataCommands,
    sourceCommands,
    checkCommand,
    suggestCommand,
    splitCommand,
    sealCommand,
    learningCurveCommand,
    zooCommands,
    trainCommands,
    freezingCommands,
    ladderCommand,
    transferCommand,
    sweepCommand,
    reproduceCommand,
    estimateCommand,
    compareCommand,
    modelCommands,
    documentCommands,
    serveCommand,
  ])
    add(program);
  return program;
}

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has printed its own complaints; ours it has not.
    if (error.code === 'graft.usage') note(error.message);
    return error.exitCode === 0 ? 0 : WRONG_USAGE;
  }
  const { code, params } = toGraftError(error);
  note(errorText(code, params, languageOfTerminal()));
  if (process.env.GRAFT_DEBUG) console.error(error);
  return 1;
}
