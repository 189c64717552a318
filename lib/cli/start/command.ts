import { DirectoryInUseError } from '../../local/backends.ts';
import { type Cloud, startCloud } from '../../local/cloud.ts';
import { type Drop, InvalidDropError } from '../../local/drops.ts';
import type { CloudObserver } from '../../local/events.ts';
import { findRunning } from '../../local/state/find-running.ts';
import { STATE_FOLDER, StateFolder } from '../../local/state/state-folder.ts';
import type { Summary } from '../../local/summary.ts';
import { SynthesisError } from '../../local/synthesize.ts';
import type { Manifest } from '../../manifest.ts';
import { epochMs, type Milliseconds } from '../../units.ts';
import { type EndOfRun, endOfRun } from '../shared/end-of-run.ts';
import { CommandError, EXIT } from '../shared/exit-codes.ts';
import { findProject } from '../shared/project.ts';
import { openTerminal, type Terminal } from '../shared/terminal.ts';
import { describeAlertsHere } from '../shared/view/alerts-text.ts';
import { formatEvent } from '../shared/view/live-log.ts';
import { formatApp } from '../shared/view/schedule-table.ts';

export interface StartOptions {
  readonly stage?: string;
  readonly for?: Milliseconds;
  readonly fresh?: boolean;
  readonly json?: boolean;
  readonly duplicates?: number;
  readonly drop?: readonly Drop[];
  readonly port?: number;
}

/** The job that shows, at every start, that the whole path is alive. */
const FIRST_JOB = 'heartbeat';

/** `npm start`: the app on the embedded cloud, until Ctrl-C or for a while. */
export async function start(options: StartOptions): Promise<void> {
  const projectDirectory = findProject(process.cwd());
  const state = new StateFolder(projectDirectory);
  const terminal = openTerminal({ isForMachine: options.json === true });
  await refuseSecond(state);

  const end = endOfRun(options.for);
  try {
    if (options.fresh) await state.forget();
    const { stage, duplicates, drop: drops, port } = options;
    const log = liveLog(terminal);
    const sayAlerts = alertsLine(terminal);
    let cloud: Cloud | undefined;
    const observe: CloudObserver = (event) => {
      log(event);
      if (event.kind === 'reloaded' && cloud !== undefined) sayAlerts(cloud.manifest);
    };
    cloud = await startCloud({ projectDirectory, stage, duplicates, drops, port, observe, isWatching: true });
    const summary = await serve(cloud, end, { terminal, sayAlerts });
    if (options.json) terminal.print(JSON.stringify(summary));
  } catch (error) {
    // Ctrl-C also ends the synthesis, which then cannot say what is wrong with the app.
    if (end.wasInterrupted() && error instanceof SynthesisError) {
      throw new CommandError('ended before the app was up', EXIT.unavailable, { cause: error });
    }
    if (error instanceof DirectoryInUseError) throw await inUse(state, error);
    if (error instanceof InvalidDropError)
      throw new CommandError(`--drop: ${error.message}`, EXIT.usage, { cause: error });
    throw error;
  } finally {
    end.forget();
  }
}

interface Shown {
  readonly terminal: Terminal;
  readonly sayAlerts: (manifest: Manifest) => void;
}

/** Shows what runs until the end is reached, then stops it. */
async function serve(cloud: Cloud, end: EndOfRun, { terminal, sayAlerts }: Shown): Promise<Summary> {
  let summary: Summary;
  try {
    introduce(cloud, terminal);
    sayAlerts(cloud.manifest);
    if (cloud.manifest.jobs.some(({ name }) => name === FIRST_JOB)) await cloud.requestRun(FIRST_JOB, undefined);
    end.startCounting();
    await end.reached;
    const hint = 'stopping: no new work is taken, what runs is waited for; Ctrl-C again ends it at once';
    terminal.say(terminal.colors.dim(`\n${hint}`));
  } finally {
    summary = await cloud.close();
  }
  return summary;
}

async function refuseSecond(state: StateFolder): Promise<void> {
  const running = await findRunning(state);
  if (running === undefined) return;
  throw new CommandError(
    `this checkout's cloud runs already, at ${running.endpoint} (process ${running.pid}). One ${STATE_FOLDER} folder serves one cloud: use that one, or end it with Ctrl-C`,
    EXIT.unavailable,
  );
}

/** Of a cloud that has the folder and did not answer. */
async function inUse(state: StateFolder, error: DirectoryInUseError): Promise<CommandError> {
  const pid = (await state.readRunning())?.pid;
  const process = pid === undefined ? 'that process' : `process ${pid}`;
  const cure = `If it does not answer because it is suspended or busy, resume or end ${process} first; nothing was deleted`;
  return new CommandError(`${error.message}. ${cure}`, EXIT.unavailable, { cause: error });
}

function introduce(cloud: Cloud, { colors, say }: Terminal): void {
  const { app, stage, jobs } = cloud.manifest;
  say(
    `${colors.bold('Belfry')} ${app}-${stage}, embedded cloud at ${colors.cyan(cloud.endpoint)}; state in ${STATE_FOLDER}; Ctrl-C ends it\n`,
  );
  const shown = { jobs: jobs.map(({ name }) => name), schedules: cloud.nextDueTimes() };
  say(`${formatApp(shown, epochMs(Date.now()), colors)}\n`);
}

/** Says whom alerts go to, and again only when that has changed. */
function alertsLine({ say }: Terminal): Shown['sayAlerts'] {
  let said: string | undefined;
  return (manifest) => {
    const line = describeAlertsHere(manifest);
    if (line !== undefined && line !== said) say(`${line}\n`);
    said = line;
  };
}

function liveLog({ colors, say }: Terminal): CloudObserver {
  return (event) => {
    const line = formatEvent(event, colors);
    if (line !== undefined) say(line);
  };
}
