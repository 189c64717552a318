import { type Command, Option } from 'commander';
import { MIN_RUNS } from '../../run/run-length.ts';
import { DEFAULT_REGION, readEndpoint } from '../shared/connection.ts';
import { EXIT } from '../shared/exit-codes.ts';
import { isolateFromAws } from '../shared/isolate.ts';
import { refuseIdle, TABLE_RULES } from '../shared/option-rules.ts';
import { readAppName, readInstant, readStage } from '../shared/options.ts';
import type { SimulateOptions } from './command.ts';
import { DAYS, MAX_DAYS } from './period.ts';
import { DAYS_BACK, MAX_RECORDS } from './run-lengths.ts';

const HELP = `
What would be fired is computed from infra/schedules.ts as it is now, calendars and daylight saving included; nothing
is fired. Which runs would overlap follows from how long they last: the 95th percentile of the job's completed runs of
the last ${DAYS_BACK} days (of its newest ${MAX_RECORDS} records), or, with fewer than ${MIN_RUNS} of them, the job's timeout. The records are
those of this checkout's local state, if it has any; with --stage those on AWS, with --endpoint those on an emulator.

Example:
  belfry simulate --from 2027-03-22T00:00Z --to 2027-03-29T00:00Z --timezone Europe/Berlin`;

export function addSimulate(program: Command, onExit: (code: number) => void): void {
  const command = program
    .command('simulate')
    .description('show what a period would fire: runs by hour, busiest minutes, overlaps, clock changes')
    .option('--from <instant>', 'the first instant, with Z or an offset: 2027-03-01T00:00Z (default: now)', readInstant)
    .option(
      '--to <instant>',
      `the first instant after it, ${MAX_DAYS} days later at most (default: ${DAYS} days later)`,
      readInstant,
    )
    .option('--timezone <zone>', 'the zone whose hours the runs are counted by', 'UTC')
    .option('--all', 'count schedules too that are disabled in the stage')
    .addOption(
      new Option('--timeouts', "take every run to last as long as its job's timeout; no records are read").conflicts([
        'endpoint',
        'region',
        'app',
      ]),
    )
    .option(
      '--stage <stage>',
      'simulate this stage, with its records on AWS, read with the credentials of the shell',
      readStage,
    )
    .option('--endpoint <url>', 'read the records on an emulator instead', readEndpoint)
    .option('--region <region>', `where the table is; on an emulator ${DEFAULT_REGION} unless given`)
    .option(
      '--app <app>',
      'whose table (default: the app that cdk.json names, or that was last synthesized)',
      readAppName,
    )
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (options: SimulateOptions) => {
      if (options.stage === undefined || options.endpoint !== undefined) isolateFromAws(process.env);
      const { simulatePeriod } = await import('./command.ts');
      await simulatePeriod(options);
      onExit(EXIT.done);
    });
  refuseIdle(command, TABLE_RULES);
}
