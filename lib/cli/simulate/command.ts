import { existsSync } from 'node:fs';
import { createRunHistory } from '../../client/run-history.ts';
import { readZone } from '../../cron/zone-name.ts';
import { type SimulationOptions, simulate, TooManyDueTimesError } from '../../forecast/simulate.ts';
import type { Simulation } from '../../forecast/simulation.ts';
import { stageNames } from '../../job/names.ts';
import { findRunning } from '../../local/state/find-running.ts';
import { STATE_FOLDER, StateFolder } from '../../local/state/state-folder.ts';
import type { Manifest } from '../../manifest.ts';
import { type EpochMs, epochMs } from '../../units.ts';
import { CommandError, EXIT } from '../shared/exit-codes.ts';
import { findProject } from '../shared/project.ts';
import { readOrRefuse } from '../shared/refusals.ts';
import { isLocal, type TableOptions, withStoredRuns } from '../shared/stored-runs.ts';
import { synthesizedApp } from '../shared/synthesized-app.ts';
import { openTerminal, type Terminal } from '../shared/terminal.ts';
import { readPeriod } from './period.ts';
import { readRunLengths } from './run-lengths.ts';
import { formatSimulation } from './simulate-view.ts';

export interface SimulateOptions extends TableOptions {
  readonly from?: EpochMs;
  readonly to?: EpochMs;
  readonly timezone: string;
  readonly all?: boolean;
  readonly timeouts?: boolean;
  readonly json?: boolean;
}

/** `belfry simulate`: what a period would fire. */
export async function simulatePeriod(options: SimulateOptions): Promise<void> {
  const now = epochMs(Date.now());
  const period = readPeriod(options, now);
  readOrRefuse(() => readZone(options.timezone));
  const local = isLocal(options);
  const projectDirectory = findProject(process.cwd());
  const terminal = openTerminal({ isForMachine: options.json === true });
  const { manifest } = await synthesizedApp(projectDirectory, options.stage);
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
const WIDTH = { min: 80, max: 120, elsewhere: 100 } as const;

const widthOfOutput = (): number =>
  Math.min(WIDTH.max, Math.max(WIDTH.min, process.stdout.isTTY ? process.stdout.columns : WIDTH.elsewhere));
