import { Command } from 'commander';
import { addImport } from '../../lib/cli/usage/import.ts';
import { addNext } from '../../lib/cli/usage/next.ts';
import { addRun } from '../../lib/cli/usage/run.ts';
import { addShow } from '../../lib/cli/usage/show.ts';
import { addSimulate } from '../../lib/cli/usage/simulate.ts';
import { addStart } from '../../lib/cli/usage/start.ts';
import { addTick } from '../../lib/cli/usage/tick.ts';

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
