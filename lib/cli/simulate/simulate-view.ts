import { toLocal } from '../../cron/zone.ts';
import { readZone } from '../../cron/zone-name.ts';
import type { SimulatedClockChange, SimulatedJob, SimulatedSchedule, Simulation } from '../../forecast/simulation.ts';
import { type EpochMs, epochMs, HOUR, milliseconds } from '../../units.ts';
import type { Colors } from '../shared/terminal.ts';
import { clocksText, dayOfChange, effectText } from '../shared/view/clock-change-text.ts';
import { capRows, formatColumns } from '../shared/view/columns.ts';
import { localMinute, shortLength } from '../shared/view/times.ts';
import { formatHours } from './hours-view.ts';
import { overlapLines } from './overlaps-view.ts';

export interface SimulationContext {
  readonly colors: Colors;
  /** How many characters a line of the table of hours may have. */
  readonly width: number;
  /** Where the lengths of runs are from: `the local records`. */
  readonly source: string;
}

/** What a period would fire, for people. */
export function formatSimulation(simulation: Simulation, context: SimulationContext): string {
  const { colors } = context;
  const section = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : [`\n${colors.bold(title)}`, ...lines];
  const jobs = mostRunsFirst(simulation.jobs);
  return [
    introduction(simulation, colors),
    ...hoursSection(simulation, jobs, context),
    ...section(
      'Schedules',
      capRows(mostRunsFirst(simulation.schedules), (rows) => scheduleLines(rows, colors)),
    ),
    ...section('Busiest minutes', busyLines(simulation)),
    ...section(`Overlaps, with lengths of runs from ${context.source}`, overlapLines(jobs, colors)),
    ...section('Clock changes', simulation.clockChanges.flatMap(changeLines)),
  ].join('\n');
}

function introduction({ app, stage, from, to, timezone, leftOut }: Simulation, { bold, yellow }: Colors): string {
  const [start, end] = [instantOf(from), instantOf(to)];
  const period = `from ${localMinute(start, timezone)} to ${localMinute(end, timezone)} ${timezone}`;
  const many = leftOut.length === 1 ? 'schedule is' : 'schedules are';
  const named = leftOut.length > NAMED ? `${leftOut.slice(0, NAMED).join(', ')}, …` : leftOut.join(', ');
  const disabled = yellow(
    `${leftOut.length} ${many} disabled in stage ${stage} and left out: ${named} (--all counts them)`,
  );
  return `${bold(`${app}-${stage}`)}, ${period} (${shortLength(end - start)})${leftOut.length === 0 ? '' : `\n${disabled}`}`;
}

/** How many of several names are shown. */
const NAMED = 5;

/** Where every hour of the day is in the period once at most, the first column is the period's first hour. */
function hoursSection(
  { from, to, timezone }: Simulation,
  jobs: readonly SimulatedJob[],
  { colors, width }: SimulationContext,
): readonly string[] {
  if (jobs.length === 0) return ['\nNothing is due.'];
  const start = Math.floor(toLocal(readZone(timezone), instantOf(from)) / HOUR);
  const end = Math.ceil(toLocal(readZone(timezone), instantOf(to)) / HOUR);
  const isShort = end - start <= 24;
  const shown = isShort ? { firstHour: start % 24, count: end - start } : { firstHour: 0, count: 24 };
  let span = 1;
  const lines = capRows(jobs, (rows) => {
    const table = formatHours(rows, { ...shown, width, colors });
    span = table.span;
    return table.lines;
  });
  const each = span === 1 ? '' : `, ${span} hours to a column`;
  return [`\n${colors.bold(`Runs by hour${isShort ? '' : ' of the day'}, ${timezone}${each}`)}`, ...lines];
}

function scheduleLines(schedules: readonly SimulatedSchedule[], colors: Colors): readonly string[] {
  if (schedules.length === 0) return [];
  const head = ['SCHEDULE', 'JOB', 'DUE', 'SKIPPED BY CALENDAR', 'RUNS', 'AFTER GAP', 'OVERLAPPING'];
  const rows = schedules.map(({ id, job, dueTimes, skippedByCalendar, runs, afterGap, overlapping }) => [
    id,
    job,
    ...[dueTimes, skippedByCalendar, runs, afterGap, overlapping].map(String),
  ]);
  return formatColumns({ head, rows, texts: 2 }, colors);
}

function busyLines({ busiestMinutes, timezone }: Simulation): readonly string[] {
  const [first] = busiestMinutes;
  if (first === undefined) return [];
  if (first.runs === 1) return ['  no two runs are due in the same minute'];
  return busiestMinutes.map(({ at, runs, schedules }) => {
    const more = schedules.length > NAMED ? ` and ${schedules.length - NAMED} more` : '';
    const named = schedules.slice(0, NAMED).join(', ');
    return `  ${localMinute(instantOf(at), timezone)}  ${runs} ${runs === 1 ? 'run' : 'runs'}: ${named}${more}`;
  });
}

function changeLines({ timezone, at, kind, from, to, schedules }: SimulatedClockChange): readonly string[] {
  const change = { kind, at: instantOf(at), from: localOf(from), to: localOf(to) };
  const effects = schedules.map(
    ({ id, dst, times }) => `    ${id}: ${effectText({ ...change, times: times.map(localOf) }, dst)}`,
  );
  const none = schedules.length === 0 ? '; no due time is touched' : '';
  return [`  ${dayOfChange(change)}  ${timezone}: ${clocksText(change)}${none}`, ...capRows(effects, (lines) => lines)];
}

const mostRunsFirst = <Each extends { readonly runs: number }>(all: readonly Each[]): readonly Each[] =>
  all.toSorted((one, other) => other.runs - one.runs);

const instantOf = (iso: string): EpochMs => epochMs(Date.parse(iso));

/** A local time of the JSON, as the number it was. */
const localOf = (text: string) => milliseconds(Date.parse(`${text}Z`));
