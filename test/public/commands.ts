import { Command } from 'commander';
import { addImport } from '../../lib/cli/import/declaration.ts';
import { addNext } from '../../lib/cli/next/declaration.ts';
import { addRun } from '../../lib/cli/run/declaration.ts';
import { addShow } from '../../lib/cli/show/declaration.ts';
import { addSimulate } from '../../lib/cli/simulate/declaration.ts';
import { addStart } from '../../lib/cli/start/declaration.ts';
import { addTick } from '../../lib/cli/tick/declaration.ts';

/** Every command with its arguments and options. */
export function commandLines(): Readonly<Record<string, readonly string[]>> {
  const program = new Command('belfry');
  for (const add of [addStart, addRun, addShow, addTick, addImport, addNext, addSimulate]) add(program, () => {});
  return Object.fromEntries(program.commands.flatMap((command) => linesOf(command, '')).sort());
}

function linesOf(command: Command, parent: string): [string, readonly string[]][] {
  const name = `${parent}${command.name()}`;
  const own = [...command.registeredArguments.map((each) => each.name()), ...command.options.map((each) => each.flags)];
  return [[name, own], ...command.commands.flatMap((each) => linesOf(each, `${name} `))];
}
