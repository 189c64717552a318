import { NO_JOBS } from '../../app/check-app.ts';
import { SCHEDULES_FILE } from '../../app/check-schedules.ts';
import { describeLargeSteps } from '../../app/lint/large-steps.ts';
import { warnOfZoneData, zoneDataVersion } from '../../app/zone-data.ts';
import { readWhen, type When } from '../../cron/index.ts';
import type { OccurrencesOf } from '../../due/occurrences.ts';
import { lookAhead } from '../../forecast/look-ahead.ts';
import { nextJson, type ZoneDataJson } from '../../forecast/next-json.ts';
import type { Manifest, ManifestSchedule } from '../../manifest.ts';
import { type EpochMs, epochMs, toIso } from '../../units.ts';
import { CommandError, EXIT } from '../shared/exit-codes.ts';
import { findProject } from '../shared/project.ts';
import { readOrRefuse, unknownName } from '../shared/refusals.ts';
import type { TableOptions } from '../shared/stored-runs.ts';
import { synthesizedApp } from '../shared/synthesized-app.ts';
import { type Colors, openTerminal } from '../shared/terminal.ts';
import { describeDeployedAlerts } from '../shared/view/alerts-text.ts';
import { formatIdleJobs } from '../shared/view/schedule-table.ts';
import { askWatchdog, isAsking } from './ask-watchdog.ts';
import { COUNT_OF_EACH, COUNT_OF_ONE } from './counts.ts';
import { formatExpression, formatNext } from './next-view.ts';

/** Given `endpoint` or `region`, the watchdog there is asked who receives alerts; nothing is asked otherwise. */
export interface NextOptions extends Pick<TableOptions, 'endpoint' | 'region' | 'app'> {
  readonly cron?: string;
  readonly every?: string;
  readonly at?: string;
  readonly timezone?: string;
  readonly from?: EpochMs;
  readonly count?: number;
  readonly stage?: string;
  readonly json?: boolean;
}

/** `belfry next`: of a schedule, of all schedules, or of an expression. */
export async function next(schedule: string | undefined, options: NextOptions, args: readonly string[]): Promise<void> {
  refuseExcess(args, options);
  if (isFree(options)) nextOfExpression(schedule, options);
  else await nextOfSchedules(schedule, options);
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
  const { print, say, colors } = openTerminal({ isForMachine: json === true });
  const source = cron ?? (every === undefined ? `at ${at}` : `every ${every}`);
  const instants = ahead.occurrences.map(({ scheduledTime }) => toIso(scheduledTime));
  const warnings = [describeLargeSteps(cron), warnOfZoneData(timed, now)].filter((each) => each !== undefined);
  print(json ? JSON.stringify(instants) : formatExpression({ ...timed, source }, ahead, { now, colors }));
  for (const warning of warnings) say(colors.yellow(`${json ? '' : '  '}warning: ${warning}`));
}

/** `belfry next [schedule]`: of the app in this checkout. */
async function nextOfSchedules(id: string | undefined, options: NextOptions): Promise<void> {
  const { timezone, json } = options;
  if (timezone !== undefined) {
    throw new CommandError('--timezone goes with --cron or --at; a schedule of the app has its own', EXIT.usage);
  }
  if (id !== undefined && isAsking(options)) {
    throw new CommandError(`--endpoint and --region ask about the alerts of all: leave out ${id}`, EXIT.usage);
  }
  const projectDirectory = findProject(process.cwd());
  const { manifest, notes } = await synthesizedApp(projectDirectory, options.stage);
  const over = entriesThatAreOver(notes);
  const schedules = id === undefined ? manifest.schedules : [scheduleOf(manifest.schedules, id, over)];
  const now = epochMs(Date.now());
  const count = options.count ?? (id === undefined ? COUNT_OF_EACH : COUNT_OF_ONE);
  const terminal = openTerminal({ isForMachine: json === true });
  const found = schedules.map((schedule) => ({ schedule, ahead: lookAhead(schedule, options.from ?? now, count) }));
  if (json) {
    const all = found.map(({ schedule, ahead }) => nextJson(schedule, ahead, zoneDataOf(schedule, now)));
    terminal.print(JSON.stringify(id === undefined ? all : all[0]));
    return;
  }
  const { colors } = terminal;
  const texts = found.map(({ schedule, ahead }) => {
    const { warning } = zoneDataOf(schedule, now);
    const text = formatNext(schedule, ahead, { now, stage: manifest.stage, colors });
    return warning === undefined ? text : `${text}\n  ${colors.yellow(`warning: ${warning}`)}`;
  });
  if (id === undefined) {
    const listeners = await askWatchdog({ projectDirectory, manifest, options, terminal });
    const alerts = describeDeployedAlerts(manifest, listeners, now);
    terminal.print(formatAll(manifest, texts, { over, alerts, colors }));
  } else terminal.print(texts.join('\n\n'));
}

interface Around {
  readonly over: ReadonlyMap<string, string>;
  readonly alerts: string | undefined;
  readonly colors: Colors;
}

/** All schedules, those that are over, the jobs without one, and whom alerts go to. */
function formatAll(manifest: Manifest, texts: readonly string[], { over, alerts, colors }: Around): string {
  const past = [...over].map(([each, why]) => `${colors.bold(each)}  ${colors.yellow(why)}`);
  const none = manifest.jobs.length === 0 ? NO_JOBS : `there are no schedules in ${SCHEDULES_FILE}`;
  const jobs = manifest.jobs.map(({ name }) => name);
  const idle = formatIdleJobs(jobs, manifest.schedules);
  const last = [idle && colors.dim(idle), alerts && `alerts of ${alerts}`].filter((each) => each !== undefined);
  return [[...texts, ...past].join('\n\n') || none, ...last].join('\n\n');
}

function zoneDataOf(schedule: ManifestSchedule, now: EpochMs): ZoneDataJson {
  const warning = warnOfZoneData(schedule, now);
  return { version: zoneDataVersion(), ...(warning === undefined ? {} : { warning }) };
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
