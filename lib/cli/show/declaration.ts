import type { Command } from 'commander';
import { DEFAULT_REGION, readEndpoint } from '../shared/connection.ts';
import { isolateFromAws } from '../shared/isolate.ts';
import { refuseIdle, TABLE_RULES } from '../shared/option-rules.ts';
import { readAppName, readStage } from '../shared/options.ts';
import type { ShowOptions } from './command.ts';

export function addShow(program: Command, onExit: (code: number) => void): void {
  const command = program
    .command('show')
    .description('print the record of a run')
    .argument('<run>', 'a run id, as alerts and the log give it')
    .option('--json', 'print the record as JSON')
    .option('--stage <stage>', 'read the table of this stage on AWS, with the credentials of the shell', readStage)
    .option('--endpoint <url>', 'read it on an emulator instead', readEndpoint)
    .option('--region <region>', `where the table is; on an emulator ${DEFAULT_REGION} unless given`)
    .option(
      '--app <app>',
      'whose table (default: the app that cdk.json names, or that was last synthesized)',
      readAppName,
    )
    .addHelpText(
      'after',
      '\nExit codes: 0 printed; 1 there is no such record; 2 wrong usage; 3 not reachable or not permitted.',
    )
    .action(async (runId: string, options: ShowOptions) => {
      if (options.stage === undefined || options.endpoint !== undefined) isolateFromAws(process.env);
      const { show } = await import('./command.ts');
      onExit(await show(runId, options));
    });
  refuseIdle(command, TABLE_RULES);
}
