import type { Command } from 'commander';
import { createProgram } from '../../lib/cli/program.ts';

/** Every command with its arguments and options. */
export function commandLines(): Readonly<Record<string, readonly string[]>> {
  const program = createProgram(() => {});
  return Object.fromEntries(program.commands.flatMap((command) => linesOf(command, '')).sort());
}

function linesOf(command: Command, parent: string): [string, readonly string[]][] {
  const name = `${parent}${command.name()}`;
  const own = [...command.registeredArguments.map((each) => each.name()), ...command.options.map((each) => each.flags)];
  return [[name, own], ...command.commands.flatMap((each) => linesOf(each, `${name} `))];
}
