import type { Command } from 'commander';
import { DEFAULT_STAGE } from '../../job/names.ts';
import { EXIT } from '../shared/exit-codes.ts';
import { isolateFromAws } from '../shared/isolate.ts';
import { readChance, readDrop, readLength, readPort, readStage } from '../shared/options.ts';
import type { StartOptions } from './command.ts';

export function addStart(program: Command, onExit: (code: number) => void): void {
  program
    .command('start')
    .description('run the app on the embedded cloud, until Ctrl-C')
    .option('--for <length>', 'end by itself after 30s, 2m, 1h', readLength)
    .option('--json', 'print a summary as JSON at the end; the log goes to standard error')
    .option('--duplicates <chance>', 'deliver fires twice with this chance, as EventBridge may: 0 to 1', readChance)
    .option(
      '--drop <schedule>=<count>',
      'do not deliver the next so many due times of a schedule; may be given several times',
      readDrop,
    )
    .option('--port <port>', 'listen on this port of 127.0.0.1 (default: one that is free)', readPort)
    .option('--fresh', 'forget all local records, messages and marks first')
    .option('--stage <stage>', `the stage to synthesize (default: "${DEFAULT_STAGE}")`, readStage)
    .action(async (options: StartOptions) => {
      isolateFromAws(process.env);
      const { start } = await import('./command.ts');
      await start(options);
      onExit(EXIT.done);
    });
}
