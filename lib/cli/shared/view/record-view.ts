import type { Attempt, RunError, RunRecord, RunStatus } from '../../../run/record.ts';
import { errorLine, errorLines } from '../../../run/run-error.ts';
import { toIso } from '../../../units.ts';
import type { Colors } from '../terminal.ts';
import { onDayLeftOut } from './calendar-text.ts';
import { printable } from './printable.ts';
import { shortLength } from './times.ts';

const NAME_WIDTH = 10;
/** Before each further line of a value. */
const BELOW = `\n${' '.repeat(NAME_WIDTH + 1)}`;

/** A record for people: what became of the run, and each of its attempts. */
export function formatRecord(stored: RunRecord, colors: Colors): string {
  const record = printable(stored);
  const rows: [string, string | undefined][] = [
    ['run', record.id],
    ['status', paintStatus(record, colors)],
    [
      'schedule',
      record.schedule ??
        `none (${record.trigger}${record.requestedBy === undefined ? '' : ` by ${record.requestedBy}`})`,
    ],
    ['scheduled', toIso(record.scheduledTime)],
    ['missed', record.missedAt === undefined ? undefined : `${toIso(record.missedAt)}, no run had come of it by then`],
    ['attempts', record.round === undefined ? `${record.attempt}` : `${record.attempt}, in ${record.round + 1} rounds`],
    ...record.attempts.map((attempt): [string, string] => [`  ${attempt.n}`, attemptText(attempt)]),
    ['duration', durationText(record)],
    ['next', record.nextAttemptAt === undefined ? undefined : toIso(record.nextAttemptAt)],
    ['result', record.result === undefined ? undefined : JSON.stringify(record.result)],
    ...(record.error === undefined || record.status === 'completed' ? [] : errorRows(record.error)),
  ];
  return rows
    .filter((row): row is [string, string] => row[1] !== undefined)
    .map(([name, value]) => `${colors.dim(name.padEnd(NAME_WIDTH))} ${value.replaceAll('\n', BELOW)}`)
    .join('\n');
}

function paintStatus({ status, reason, blockedBy, calendar }: RunRecord, colors: Colors): string {
  const day = calendar === undefined ? undefined : onDayLeftOut(calendar);
  const detail = blockedBy === undefined ? day : `blocked by ${blockedBy}`;
  const why = reason === undefined ? '' : ` (${reason}${detail === undefined ? '' : `: ${detail}`})`;
  return `${colors[STATUS_COLORS[status]](status)}${why}`;
}

const STATUS_COLORS: Readonly<Record<RunStatus, 'green' | 'yellow' | 'red'>> = {
  pending: 'yellow',
  running: 'yellow',
  retrying: 'yellow',
  completed: 'green',
  failed: 'red',
  cancelled: 'yellow',
  skipped: 'yellow',
  missed: 'red',
};

/** All that is known of it: its whole message, what is behind it, and the stack. */
function errorRows({ name, message, code, at, causes = [], stack }: RunError): [string, string | undefined][] {
  const head = errorLine({ name, message: '', ...(code !== undefined && !message.includes(code) && { code }) });
  return [
    ['error', message === '' ? head : `${head}: ${message}`],
    ['  at', at],
    ...causes.map((cause): [string, string] => ['  cause', `${'  '.repeat(cause.depth - 1)}${errorLine(cause)}`]),
    ['stack', stack],
  ];
}

function attemptText(attempt: Attempt): string {
  const { cause, startedAt, outcome, error, logStream, requestId } = attempt;
  const why = error === undefined ? '' : `: ${errorLines(error).join(' ')}`;
  return `${cause}, ${toIso(startedAt)}, ${outcome ?? 'running'}${lengthText(attempt)}${why} (${logStream}, request ${requestId})`;
}

/** Of a lost attempt nobody knows how long it took. */
function lengthText({ startedAt, endedAt, limit, outcome }: Attempt): string {
  if (endedAt !== undefined) return ` after ${shortLength(endedAt - startedAt)}`;
  if (limit === undefined) return '';
  return outcome === 'lost' ? ` by ${toIso(limit)}` : ` until ${toIso(limit)} at the latest`;
}

/** From the first attempt's start to the end, waits between attempts included. */
function durationText({ startedAt, finishedAt }: RunRecord): string | undefined {
  return startedAt === undefined || finishedAt === undefined ? undefined : shortLength(finishedAt - startedAt);
}
