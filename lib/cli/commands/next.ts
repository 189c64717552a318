import type { Command } from 'commander';
import { readWhen, type When } from '../../cron/index.ts';
import { SCHEDULES_FILE } from '../../job/check-schedules.ts';
import { DEFAULT_STAGE } from '../../job/names.ts';
import type { OccurrencesOf } from '../../job/occurrences.ts';
import type { ManifestSchedule } from '../../manifest.ts';
import { type EpochMs, epochMs, toIso } from '../../units.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { isolateFromAws } from '../isolate.ts';
import { lookAhead } from '../next/look-ahead.ts';
import { nextJson } from '../next/next-json.ts';
import { findProject } from '../project.ts';
import { synthesizedApp } from '../synthesized-app.ts';
import { openTerminal } from '../terminal.ts';
import { formatExpression, formatNext } from '../view/next-view.ts';
import { readCount, readInstant, readStage } from './options.ts';
import { readOrRefuse, unknownName } from './refusals.ts';

export interface NextOptions {
  readonly cron?: string;
  readonly every?: string;
  readonly at?: string;
  readonly timezone?: string;
  readonly from?: EpochMs;
  readonly count?: number;
  readonly stage?: string;
  readonly json?: boolean;
}

/** How many due times are shown of one schedule, and of each of all. */
const COUNT_OF_ONE = 10;
const COUNT_OF_EACH = 3;

const HELP = `
Due times are shown by the clocks of the schedule's zone and in UTC, with what calendars skip, what daylight saving
skips or repeats, and runs after a gap. The first is the first one after --from.

With --cron, --every or --at no project is needed, and --json is an array of instants: ["2027-03-27T01:30:00.000Z"].

Examples:
  belfry next
  belfry next nightly-report --count 30 --from 2027-03-20T00:00Z
  belfry next --cron '30 2 * * *' --timezone Europe/Berlin --json`;

export function addNext(program: Command, onExit: (code: number) => void): void {
  program
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
    .option('--json', 'print JSON: an object for one schedule, an array for all')
    .addHelpText('after', HELP)
    .action(async (schedule: string | undefined, options: NextOptions, { args }: Command) => {
      refuseExcess(args, options);
      isolateFromAws(process.env);
      if (isFree(options)) nextOfExpression(schedule, options);
      else await nextOfSchedules(schedule, options);
      onExit(EXIT.done);
    });
}

const isFree = ({ cron, every, at }: NextOptions): boolean => [cron, every, at].some((each) => each !== undefined);

/** The shell cuts an expression without quotes into words, and its stars are names of files by then. */
function refuseExcess(args: readonly string[], { cron }: NextOptions): void {
  if (cron !== undefined && args.length > 0 && /^[^\s@(]+$/.test(cron)) {
    throw new CommandError("quote the expression, or the shell takes it apart: --cron '0 9 * * *'", EXIT.usage);
  }
  if (args.length <= 1) return;
  throw new CommandError(`too many arguments: ${args.join(' ')}. Allowed is one schedule, or none for all`, EXIT.usage);
}

/** `belfry next --cron …`: of an expression, without a project. */
function nextOfExpression(schedule: string | undefined, options: NextOptions): void {
  const { cron, every, at, timezone = 'UTC', count = COUNT_OF_ONE, json, stage } = options;
  if (schedule !== undefined) {
    throw new CommandError(`give the schedule ${JSON.stringify(schedule)} or an expression, not both`, EXIT.usage);
  }
  if (stage !== undefined) {
    throw new CommandError('--stage is for the schedules of the app; an expression has none', EXIT.usage);
  }
  const { expressions } = readOrRefuse(() => readWhen({ cron, every, at } as unknown as When, timezone));
  const now = epochMs(Date.now());
  const timed: OccurrencesOf = { expressions, timezone, policy: { dst: 'skip', except: [], only: [] } };
  const ahead = lookAhead(timed, options.from ?? now, count);
  const { print, colors } = openTerminal({ isForMachine: json === true });
  const source = cron ?? (every === undefined ? `at ${at}` : `every ${every}`);
  const instants = ahead.occurrences.map(({ scheduledTime }) => toIso(scheduledTime));
  print(json ? JSON.stringify(instants) : formatExpression({ ...timed, source }, ahead, { now, colors }));
}

/** `belfry next [schedule]`: of the app in this checkout. */
async function nextOfSchedules(id: string | undefined, options: NextOptions): Promise<void> {
  const { timezone, stage = DEFAULT_STAGE, json } = options;
  if (timezone !== undefined) {
    throw new CommandError('--timezone goes with --cron or --at; a schedule of the app has its own', EXIT.usage);
  }
  const { manifest, notes } = await synthesizedApp(findProject(process.cwd()), stage);
  const over = entriesThatAreOver(notes);
  const schedules = id === undefined ? manifest.schedules : [scheduleOf(manifest.schedules, id, over)];
  const now = epochMs(Date.now());
  const count = options.count ?? (id === undefined ? COUNT_OF_EACH : COUNT_OF_ONE);
  const { print, colors } = openTerminal({ isForMachine: json === true });
  const found = schedules.map((schedule) => ({ schedule, ahead: lookAhead(schedule, options.from ?? now, count) }));
  if (json) {
    const all = found.map(({ schedule, ahead }) => nextJson(schedule, ahead));
    print(JSON.stringify(id === undefined ? all : all[0]));
  } else {
    const texts = found.map(({ schedule, ahead }) => formatNext(schedule, ahead, { now, stage, colors }));
    const past = id === undefined ? [...over].map(([each, why]) => `${colors.bold(each)}  ${colors.yellow(why)}`) : [];
    print([...texts, ...past].join('\n\n') || `there are no schedules in ${SCHEDULES_FILE}`);
  }
}

/** What synth says of entries that it leaves out, by their ids. */
const entriesThatAreOver = (notes: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    notes.flatMap((note) => {
      const [, id, why] = NOTE.exec(note) ?? [];
      return id === undefined || why === undefined ? [] : [[id, why]];
    }),
  );

const NOTE = new RegExp(`^${SCHEDULES_FILE}: schedule "([^"]+)": (.*)$`);

function scheduleOf(
  schedules: readonly ManifestSchedule[],
  id: string,
  over: ReadonlyMap<string, string>,
): ManifestSchedule {
  const found = schedules.find((each) => each.id === id);
  if (found !== undefined) return found;
  if (over.has(id)) throw new CommandError(`schedule "${id}": ${over.get(id)}`, EXIT.usage);
  throw unknownName(
    'schedule',
    id,
    schedules.map((each) => each.id),
  );
}
