import { CommanderError } from 'commander';

export const WRONG_USAGE = 2;

/** An error of the one who typed the command, not of the work. */
export function usage(message: string): CommanderError {
  return new CommanderError(WRONG_USAGE, 'graft.usage', `error: ${message}`);
}

/** A whole number of an option. @throws CommanderError when it is none, or outside the range */
export function countIn(text: string, option: string, least: number, most: number): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < least || count > most)
    throw usage(`${option} is a number from ${least} to ${most}`);
  return count;
}
