import type { Command } from 'commander';
import { DEFAULT_STAGE } from '../../job/names.ts';
import { DEFAULT_REGION, endpointOption } from '../shared/connection.ts';
import { EXIT } from '../shared/exit-codes.ts';
import { isolateFromAws } from '../shared/isolate.ts';
import { readAppName, readLength, readStage } from '../shared/options.ts';
import type { TickOptions } from './command.ts';

export function addTick(program: Command, onExit: (code: number) => void): void {
  program
    .command('tick')
    .description('fire the schedules of an emulator that only stores them, such as LocalStack, until Ctrl-C')
    .addOption(endpointOption('where the emulator listens'))
    .option('--region <region>', 'where its schedules and queues are', DEFAULT_REGION)
    .option('--stage <stage>', 'the stage whose schedules to fire', readStage, DEFAULT_STAGE)
    .option(
      '--app <app>',
      'whose schedules to fire (default: the app that cdk.json names, or that was last synthesized)',
      readAppName,
    )
    .option('--for <length>', 'end by itself after 30s, 2m, 1h', readLength)
    .action(async (options: TickOptions) => {
      isolateFromAws(process.env);
      const { tick } = await import('./command.ts');
      await tick(options);
      onExit(EXIT.done);
    });
}
