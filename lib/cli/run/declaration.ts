import { type Command, Option } from 'commander';
import { CommandError, EXIT } from '../shared/exit-codes.ts';
import { isolateFromAws } from '../shared/isolate.ts';
import { readJson } from '../shared/options.ts';
import type { RunOptions } from './command.ts';

export function addRun(program: Command, onExit: (code: number) => void): void {
  program
    .command('run')
    .description('run one job now, down the same path as a scheduled run, and print its record')
    .argument('<job>', 'the name of its file in functions/')
    .option('--input <json>', "the job's input", readJson)
    .option('--json', 'print the record as JSON')
    .addOption(new Option('--stage <stage>', 'not yet').argParser(refuseStage).hideHelp())
    .action(async (job: string, options: RunOptions) => {
      isolateFromAws(process.env);
      const { run } = await import('./command.ts');
      onExit(await run(job, options));
    });
}

/** A run on another stage is what is asked for; one on this machine would pass for it. */
function refuseStage(stage: string): never {
  throw new CommandError(
    `run makes a run on this machine only, and cannot ask a deployed stage for one: leave out --stage. To run ${stage}'s settings here: belfry start --stage ${stage}, and belfry run beside it. On AWS, an application asks for a run with requestRun of belfry/client`,
    EXIT.usage,
  );
}
