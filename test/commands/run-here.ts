import { CommanderError } from 'commander';
import { vi } from 'vitest';
import { createProgram } from '../../lib/cli/program.ts';
import { CommandError } from '../../lib/cli/shared/exit-codes.ts';

/** What a command ended with, in this process. */
export interface EndHere {
  readonly code: number;
  /** All that it printed, or would have, with the message of its error. */
  readonly output: string;
}

/** Runs a command line in this process, in the current folder; for commands that start nothing. */
export async function runHere(args: readonly string[]): Promise<EndHere> {
  let output = '';
  const collect = (text: unknown): boolean => {
    output += String(text);
    return true;
  };
  const streams = [process.stdout, process.stderr].map((each) => vi.spyOn(each, 'write').mockImplementation(collect));
  let code = 0;
  try {
    const program = createProgram((each) => {
      code = each;
    });
    await program.parseAsync(['node', 'belfry', ...args]);
  } catch (error) {
    if (error instanceof CommandError) code = error.exitCode;
    else if (error instanceof CommanderError) code = error.exitCode === 0 ? 0 : 2;
    else throw error;
    output += error.message;
  } finally {
    for (const each of streams) each.mockRestore();
  }
  return { code, output };
}
