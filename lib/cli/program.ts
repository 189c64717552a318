import { Command } from 'commander';
import { addImport } from './import/declaration.ts';
import { addNext } from './next/declaration.ts';
import { addRun } from './run/declaration.ts';
import { addShow } from './show/declaration.ts';
import { addSimulate } from './simulate/declaration.ts';
import { addStart } from './start/declaration.ts';
import { addTick } from './tick/declaration.ts';

/** The `belfry` command: `npm start` and `npm run belfry -- <command>`. */
export function createProgram(onExit: (code: number) => void): Command {
  const program = new Command('belfry')
    .description('Scheduled and background jobs on your own AWS account')
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      'after',
      '\nExit codes: 0 done; 1 the run ended other than completed, show: there is no record, import: some lines were not understood;\n2 wrong usage or input; 3 not reachable or not permitted.',
    );

  for (const add of [addStart, addRun, addShow, addTick, addImport, addNext, addSimulate]) add(program, onExit);
  return program;
}
