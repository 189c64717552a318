import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { createRunHistory } from '../../client/run-history.ts';
import { readZone } from '../../cron/zone-name.ts';
import { DEFAULT_STAGE, stageNames } from '../../job/names.ts';
import { findRunning } from '../../local/find-running.ts';
import { STATE_FOLDER, StateFolder } from '../../local/state-folder.ts';
import type { Manifest } from '../../manifest.ts';
import { type EpochMs, epochMs, milliseconds, plus } from '../../units.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { isolateFromAws } from '../isolate.ts';
import { findProject } from '../project.ts';
import { DAYS_BACK, FEWEST_RUNS, MOST_RECORDS, readRunLengths } from '../simulate/run-lengths.ts';
import { type SimulationOptions, simulate, TooManyDueTimesError } from '../simulate/simulate.ts';
import type { Period } from '../simulate/simulate-job.ts';
import type { Simulation } from '../simulate/simulation.ts';
import { isLocal, type TableOptions, withStoredRuns } from '../stored-runs.ts';
import { synthesizedApp } from '../synthesized-app.ts';
import { openTerminal, type Terminal } from '../terminal.ts';
import { formatSimulation } from '../view/simulate-view.ts';
import { DEFAULT_REGION, readEndpoint } from './connection.ts';
import { readInstant, readStage } from './options.ts';
import { readOrRefuse } from './refusals.ts';

export interface SimulateOptions extends TableOptions {
  readonly from?: EpochMs;
  readonly to?: EpochMs;
  readonly timezone: string;
  readonly all?: boolean;
  readonly timeouts?: boolean;
  readonly json?: boolean;
}

const DAY_MS = 86_400_000;
/** Without --to. */
const DAYS = 7;
const MOST_DAYS = 366;

const HELP = `
What would be fired is computed from infra/schedules.ts as it is now, calendars and daylight saving included; nothing
is fired. Which runs would overlap follows from how long they last: the 95th percentile of the job's completed runs of
the last ${DAYS_BACK} days (of its newest ${MOST_RECORDS} records), or, with fewer than ${FEWEST_RUNS} of them, the job's timeout. The records are
those of this checkout's local state, if it has any; with --stage those on AWS, with --endpoint those on an emulator.

Example:
  belfry simulate --from 2027-03-22T00:00Z --to 2027-03-29T00:00Z --timezone Europe/Berlin`;

export function addSimulate(program: Command, onExit: (code: number) => void): void {
  program
    .command('simulate')
    .description('show what a period would fire: runs by hour, busiest minutes, overlaps, clock changes')
    .option('--from <instant>', 'the first instant, with Z or an offset: 2027-03-01T00:00Z (default: now)', readInstant)
    .option(
      '--to <instant>',
      `the first instant after it, ${MOST_DAYS} days later at most (default: ${DAYS} days later)`,
      readInstant,
    )
    .option('--timezone <zone>', 'the zone whose hours the runs are counted by', 'UTC')
    .option('--all', 'count schedules too that are disabled in the stage')
    .option('--timeouts', "take every run to last as long as its job's timeout; no records are read")
    .option(
      '--stage <stage>',
      'simulate this stage, with its records on AWS, read with the credentials of the shell',
      readStage,
    )
    .option('--endpoint <url>', 'read the records on an emulator instead', readEndpoint)
    .option('--region <region>', `where the table is; on an emulator ${DEFAULT_REGION} unless given`)
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (options: SimulateOptions) => {
      if (options.stage === undefined || options.endpoint !== undefined) isolateFromAws(process.env);
      await simulatePeriod(options);
      onExit(EXIT.done);
    });
}

/** `belfry simulate`: what a period would fire. */
async function simulatePeriod(options: SimulateOptions): Promise<void> {
  const now = epochMs(Date.now());
  const period = readPeriod(options, now);
  readOrRefuse(() => readZone(options.timezone));
  const local = isLocal(options);
  const projectDirectory = findProject(process.cwd());
  const terminal = openTerminal({ isForMachine: options.json === true });
  const { manifest } = await synthesizedApp(projectDirectory, options.stage ?? DEFAULT_STAGE);
  const { runLengths, source } = await findRunLengths(options, { projectDirectory, manifest, terminal, now, local });
  const simulation = simulateOrRefuse({
    manifest,
    period,
    timezone: options.timezone,
    includesDisabled: options.all === true,
    runLengths,
  });
  const { print, colors } = terminal;
  print(
    options.json
      ? JSON.stringify(simulation)
      : formatSimulation(simulation, { colors, width: widthOfOutput(), source }),
  );
}

function readPeriod({ from: given, to: end }: SimulateOptions, now: EpochMs): Period {
  const from = given ?? now;
  const to = end ?? plus(from, milliseconds(DAYS * DAY_MS));
  if (to <= from)
    throw new CommandError(
      `the period ends before it begins; --to must be after ${new Date(from).toISOString()}`,
      EXIT.usage,
    );
  if (to - from <= MOST_DAYS * DAY_MS) return { from, to };
  throw new CommandError(
    `the period is longer than ${MOST_DAYS} days; choose a shorter one with --from and --to`,
    EXIT.usage,
  );
}

interface Sources {
  readonly projectDirectory: string;
  readonly manifest: Manifest;
  readonly terminal: Terminal;
  readonly now: EpochMs;
  /** Whether the records of this checkout are meant. */
  readonly local: boolean;
}

interface FoundLengths extends Pick<SimulationOptions, 'runLengths'> {
  /** In a sentence: `from …`. */
  readonly source: string;
}

/** Without local state none is made: then nothing is known but the timeouts. */
async function findRunLengths(
  table: SimulateOptions,
  { projectDirectory, manifest, terminal, now, local }: Sources,
): Promise<FoundLengths> {
  if (table.timeouts === true) return { runLengths: new Map(), source: 'the timeouts' };
  if (local && !(await hasLocalRecords(projectDirectory))) {
    return { runLengths: new Map(), source: `the timeouts: there are no records in ${STATE_FOLDER}` };
  }
  try {
    return await withStoredRuns({ projectDirectory, table, terminal }, async ({ deployment, connection }) => {
      const jobs = manifest.jobs.map(({ name }) => name);
      const history = createRunHistory({ table: stageNames(deployment).table, jobs, client: connection });
      const runLengths = await readRunLengths(history, manifest.jobs, now);
      const place = local
        ? STATE_FOLDER
        : `${manifest.app}-${manifest.stage} ${table.endpoint === undefined ? 'on AWS' : `at ${table.endpoint}`}`;
      return { runLengths, source: `the records of ${place}` };
    });
  } catch (error) {
    if (local || !(error instanceof CommandError)) throw error;
    throw new CommandError(`${error.message}. --timeouts does without it`, error.exitCode, { cause: error });
  }
}

async function hasLocalRecords(projectDirectory: string): Promise<boolean> {
  const state = new StateFolder(projectDirectory);
  return existsSync(state.data) || (await findRunning(state)) !== undefined;
}

function simulateOrRefuse(options: SimulationOptions): Simulation {
  try {
    return simulate(options);
  } catch (error) {
    if (!(error instanceof TooManyDueTimesError)) throw error;
    throw new CommandError(error.message, EXIT.usage, { cause: error });
  }
}

/** What a reader of a pipe or a file gets, and the bounds of what is readable. */
const WIDTH = { least: 80, most: 120, elsewhere: 100 } as const;

const widthOfOutput = (): number =>
  Math.min(WIDTH.most, Math.max(WIDTH.least, process.stdout.isTTY ? process.stdout.columns : WIDTH.elsewhere));
