import type { Command } from 'commander';
import { DEFAULT_STAGE } from '../../job/names.ts';
import { isolateFromAws } from '../shared/isolate.ts';
import { readJson, readStage } from '../shared/options.ts';
import type { RunOptions } from './command.ts';

export function addRun(program: Command, onExit: (code: number) => void): void {
  program
    .command('run')
    .description('run one job now, down the same path as a scheduled run, and print its record')
    .argument('<job>', 'the name of its file in functions/')
    .option('--input <json>', "the job's input", readJson)
    .option('--json', 'print the record as JSON')
    .option('--stage <stage>', 'the stage to synthesize, where no cloud runs yet', readStage, DEFAULT_STAGE)
    .action(async (job: string, options: RunOptions) => {
      isolateFromAws(process.env);
      const { run } = await import('./command.ts');
      onExit(await run(job, options));
    });
}
