import { CommanderError } from 'commander';

export const WRONG_USAGE = 2;

/** An error of the one who typed the command, not of the work. */
export function usage(message: string): CommanderError {
  return new CommanderError(WRONG_USAGE, 'graft.usage', `error: ${message}`);
}
