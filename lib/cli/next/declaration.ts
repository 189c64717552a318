import { type Command, Option } from 'commander';
import { DEFAULT_STAGE } from '../../job/names.ts';
import { DEFAULT_REGION, readEndpoint } from '../shared/connection.ts';
import { EXIT } from '../shared/exit-codes.ts';
import { isolateFromAws } from '../shared/isolate.ts';
import { refuseIdle } from '../shared/option-rules.ts';
import { readAppName, readCount, readInstant, readStage } from '../shared/options.ts';
import type { NextOptions } from './command.ts';
import { COUNT_OF_EACH, COUNT_OF_ONE } from './counts.ts';

const HELP = `
Due times are shown by the clocks of the schedule's zone and in UTC, with what calendars skip, what daylight saving
skips or repeats, and runs after a gap. The first is the first one after --from.

With --cron, --every or --at no project is needed, and --json is an array of instants: ["2027-03-27T01:30:00.000Z"].

The last line says whom alerts of the stage go to. How many addresses are confirmed, the watchdog of a deployment knows:
with --region its table is read on AWS with the credentials of the shell, with --endpoint on an emulator. Without either,
nothing outside of the checkout is read.

Examples:
  belfry next
  belfry next --stage prod --region eu-north-1
  belfry next nightly-report --count 30 --from 2027-03-20T00:00Z
  belfry next --cron '30 2 * * *' --timezone Europe/Berlin --json`;

/** What prints no line about alerts. */
const WITHOUT_ALERTS = ['json', 'cron', 'every', 'at'];

export function addNext(program: Command, onExit: (code: number) => void): void {
  const command = program
    .command('next')
    .description('show when schedules are due next, or when an expression would be')
    .argument('[schedule]', 'the id of one in infra/schedules.ts; all when absent')
    .allowExcessArguments()
    .option('--cron <expression>', "any cron: five fields, @daily and its kin, or EventBridge's cron(…)")
    .option('--every <interval>', "any interval of those that schedules take: '5 minutes'")
    .option('--at <time>', 'a local date and time: 2027-01-31T09:00')
    .option('--timezone <zone>', 'the IANA name of the zone that --cron or --at is read in (default: "UTC")')
    .option(
      '--from <instant>',
      'due times after this one, with Z or an offset: 2027-03-01T00:00Z (default: now)',
      readInstant,
    )
    .option(
      '--count <n>',
      `how many, 1 to 1000 (default: ${COUNT_OF_ONE}; of each of all schedules ${COUNT_OF_EACH})`,
      readCount,
    )
    .option('--stage <stage>', `the stage to synthesize (default: "${DEFAULT_STAGE}")`, readStage)
    .addOption(
      new Option(
        '--region <region>',
        `ask the watchdog in this region on AWS; on an emulator ${DEFAULT_REGION} unless given`,
      ).conflicts(WITHOUT_ALERTS),
    )
    .addOption(
      new Option('--endpoint <url>', 'ask the watchdog on an emulator instead')
        .argParser(readEndpoint)
        .conflicts(WITHOUT_ALERTS),
    )
    .addOption(
      new Option('--app <app>', 'whose watchdog (default: the app in this checkout)')
        .argParser(readAppName)
        .conflicts(WITHOUT_ALERTS),
    )
    .option('--json', 'print JSON: an object for one schedule, an array for all')
    .addHelpText('after', HELP)
    .action(async (schedule: string | undefined, options: NextOptions, { args }: Command) => {
      if (options.region === undefined || options.endpoint !== undefined) isolateFromAws(process.env);
      const { next } = await import('./command.ts');
      await next(schedule, options, args);
      onExit(EXIT.done);
    });
  refuseIdle(command, [{ option: '--app', goesWith: ['--region', '--endpoint'] }]);
}
