import type { Occurrence, OccurrencesOf } from '../../due/occurrences.ts';
import type { ScheduleClockChange } from '../../forecast/clock-changes.ts';
import { describeExpressions } from '../../forecast/describe-expression.ts';
import type { LookAhead } from '../../forecast/look-ahead.ts';
import { formatDuration } from '../../job/duration.ts';
import type { ManifestSchedule } from '../../manifest.ts';
import type { EpochMs } from '../../units.ts';
import type { Colors } from '../shared/terminal.ts';
import { whySkipped } from '../shared/view/calendar-text.ts';
import { clocksText, dayOfChange, effectText } from '../shared/view/clock-change-text.ts';
import { printable } from '../shared/view/printable.ts';
import { distance, localMinute, utcMinute } from '../shared/view/times.ts';

/** Beside what is shown. */
export interface NextContext {
  readonly now: EpochMs;
  readonly colors: Colors;
}

/** A schedule of the app with what is ahead of it. */
export function formatNext(
  schedule: ManifestSchedule,
  ahead: LookAhead,
  context: NextContext & { readonly stage: string },
): string {
  const { id, job, source, timezone, expressions, policy, enabled } = schedule;
  const { colors } = context;
  const head = [colors.bold(id), oneLine(source), timezone, colors.dim(`job ${job}`)].join('  ');
  const notes = [
    describeExpressions(expressions),
    ...(policy.spread === 0 ? [] : [`fired up to ${formatDuration(policy.spread)} later (spread)`]),
    ...(enabled ? [] : [colors.yellow(`disabled in stage ${context.stage}: nothing of this is fired`)]),
  ];
  return [head, `  ${notes.join('; ')}`, ...aheadLines(schedule, ahead, context)].join('\n');
}

/** An expression that belongs to no schedule. */
export function formatExpression(
  timed: OccurrencesOf & { readonly source: string },
  ahead: LookAhead,
  context: NextContext,
): string {
  const { source, timezone, expressions } = timed;
  const { bold, dim } = context.colors;
  return [
    `${bold(oneLine(source))}  ${timezone}`,
    `  ${describeExpressions(expressions)}`,
    `  ${dim(`EventBridge: ${expressions.join(' and ')}`)}`,
    ...aheadLines(timed, ahead, context),
  ].join('\n');
}

/** Due times and changes of the clocks, in the order of time. */
function aheadLines(
  timed: OccurrencesOf,
  { occurrences, clockChanges, nextRun }: LookAhead,
  context: NextContext,
): readonly string[] {
  const { colors } = context;
  if (occurrences.length === 0) return [`  ${colors.yellow('never due again')}`];
  const lines = [
    ...clockChanges.map((change) => ({ at: change.at, text: changeLine(change, timed, colors) })),
    // After the others: a run after a gap has the instant of the change.
    ...occurrences.map((each) => ({ at: each.scheduledTime, text: occurrenceLine(each, timed, context) })),
  ].sort((one, other) => one.at - other.at);
  return [...lines.map(({ text }) => `  ${text}`), ...noneRuns(occurrences, nextRun, timed, context)];
}

function occurrenceLine(
  { scheduledTime, isAfterGap, calendar }: Occurrence,
  { timezone, policy }: OccurrencesOf,
  { now, colors }: NextContext,
): string {
  const when = `${localMinute(scheduledTime, timezone)}${isUtc(timezone) ? ' UTC' : `  ${utcMinute(scheduledTime)}`}`;
  const away = distance(scheduledTime, now);
  if (calendar !== undefined) {
    return `${colors.dim(when)}  ${colors.yellow(printable(whySkipped(calendar, policy)))}`;
  }
  return isAfterGap ? `${when}  ${away.padEnd(13)}  ${colors.cyan('after the gap')}` : `${when}  ${away}`;
}

function changeLine(change: ScheduleClockChange, { policy }: OccurrencesOf, colors: Colors): string {
  const effect = effectText(change, policy.dst);
  return colors.dim(`${dayOfChange(change)}  ${clocksText(change)}${effect === undefined ? '' : `; ${effect}`}`);
}

/** Where a calendar skips all that is shown, it is the first run that somebody wants to know. */
function noneRuns(
  occurrences: readonly Occurrence[],
  nextRun: EpochMs | undefined,
  { timezone }: OccurrencesOf,
  { now, colors }: NextContext,
): readonly string[] {
  if (occurrences.some(({ calendar }) => calendar === undefined)) return [];
  if (nextRun === undefined) return [`  ${colors.yellow('and so are all after them, as far as was looked')}`];
  return [`  the first that runs: ${localMinute(nextRun, timezone)}  ${utcMinute(nextRun)}  ${distance(nextRun, now)}`];
}

/** Fields of an expression may stand apart by any white space. */
const oneLine = (source: string): string => printable(source).replaceAll(/\s+/g, ' ').trim();

const isUtc = (timezone: string): boolean => timezone === 'UTC';
