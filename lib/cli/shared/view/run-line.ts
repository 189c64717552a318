import { unreachable } from '../../../errors.ts';
import type { RunLine } from '../../../local/events.ts';
import type { SkipReason } from '../../../run/record.ts';
import { errorLines } from '../../../run/run-error.ts';
import { type EpochMs, epochMs } from '../../../units.ts';
import type { Colors } from '../terminal.ts';
import { onDayLeftOut } from './calendar-text.ts';
import type { Line, Paint } from './line.ts';
import { distance, minuteOfDay, shortLength } from './times.ts';

/** What a run's line says in the columns of the log; `undefined` for what would only be noise. */
export function describeRun(event: RunLine, at: EpochMs, colors: Colors): Line | undefined {
  const of = (verb: string, paint: Paint, text: string): Line => ({ verb, paint, subject: event.job, text });
  const [error = '', ...behind] = event.error === undefined ? [] : errorLines(event.error);
  const below = behind.map((line) => `\n${line}`).join('');
  const took = event.durationMs === undefined ? '' : shortLength(event.durationMs);
  const attempt = `attempt ${event.attempt ?? '?'}`;
  switch (event.event) {
    case 'attempt-started':
      return of('started', colors.cyan, `${attempt}  ${colors.dim(event.runId)}`);
    case 'run-completed':
      return of('completed', colors.green, took);
    case 'attempt-failed':
      return of(
        OUTCOME_VERBS[event.outcome ?? 'failed'],
        colors.yellow,
        `${attempt} after ${took}: ${error}; next ${next(event.nextAttemptAt, at)}${below}`,
      );
    case 'run-failed':
      return of('FAILED', colors.red, `for good, ${attempt}: ${error}${below}`);
    case 'run-skipped':
      return of('skipped', colors.yellow, `${skipText(event, at)}  ${colors.dim(event.runId)}`);
    case 'run-held':
    // Due while the cloud was off: told in one line at the start.
    case 'due-time-not-expected':
      return undefined;
    case 'duplicate-acknowledged':
      return of('duplicate', colors.dim, `${event.runId} has ended already`);
    case 'attempt-given-back':
      return of(
        'given back',
        colors.yellow,
        `${event.runId}: ${error || 'another run has the lock'}; next ${next(event.nextAttemptAt, at)}${below}`,
      );
    case 'run-waiting':
      return of('waiting', colors.dim, `${event.runId} waits for ${event.blockedBy ?? 'the lock'} to end`);
    case 'infrastructure-failed':
      return of('trouble', colors.red, `${troubleText(event, error)}${below}`);
    case 'run-missed':
      return of('missed', colors.red, `${due(event, at)}, no run came of it: ${event.why}  ${colors.dim(event.runId)}`);
    case 'run-came-too-late':
      return of('too late', colors.red, `${due(event, at)}, ${event.why}  ${colors.dim(event.runId)}`);
    case 'run-resent':
      return of('sent again', colors.yellow, `${event.runId}: ${event.reason}`);
    case 'not-sent':
      return of('not sent', colors.red, `${event.runId}: ${event.reason}`);
    case 'not-read':
      return of('not read', colors.red, String(event.reason));
    case 'due-run-sent':
      return of('sent', colors.blue, `${event.runId} is due`);
    case 'catch-up-sent':
      return of('catching up', colors.blue, `${event.runId} is sent for the due time that was missed`);
    case 'after-gap-sent':
      return of('after gap', colors.blue, `${event.runId} is sent for the due time that the clocks skipped`);
    case 'no-subscriber':
      return of('no subscriber', colors.red, String(event.reason));
    case 'schedule-disabled':
      return of('disabled', colors.red, String(event.why));
    case 'schedule-not-deployed':
      return of('undeployed', colors.red, `a schedule is not in EventBridge as it should be: ${event.why}`);
    case 'lease-lost':
      return of(event.event, colors.yellow, event.runId);
    default:
      return unreachable(event.event);
  }
}

/** Of what fails after the outcome is safe, nothing is tried again: `lib/run/conclude.ts`. */
function troubleText({ runId, step }: RunLine, error: string): string {
  if (step === 'ping') return `${runId}: the watcher was not told: ${error}; the run is completed all the same`;
  return `${runId}: ${step}: ${error}${step === 'execute' ? '; it is tried again' : ''}`;
}

/** A delay may be over by the time it is told. */
function next(iso: string | undefined, at: EpochMs): string {
  if (iso === undefined) return '';
  const instant = epochMs(Date.parse(iso));
  return instant <= at ? 'at once' : distance(instant, at);
}

const SKIP_TEXTS: Readonly<Record<SkipReason, (event: RunLine, at: EpochMs) => string>> = {
  overlap: ({ blockedBy = 'another run' }) => `overlap: blocked by ${blockedBy}`,
  calendar: (event, at) => `calendar: ${due(event, at)}, ${onDayLeftOut(event.calendar)}`,
  'too-late': (event, at) => `too-late: ${due(event, at)}, later than its schedule allows`,
  'buffer-full': () => 'buffer-full',
  replaced: () => 'replaced',
  paused: () => 'paused',
  'skip-next': () => 'skip-next',
};

/** A newer function may know a reason that this command does not. */
function skipText(event: RunLine, at: EpochMs): string {
  const { reason = '' } = event;
  return Object.hasOwn(SKIP_TEXTS, reason) ? SKIP_TEXTS[reason as SkipReason](event, at) : reason;
}

const OUTCOME_VERBS: Readonly<Record<NonNullable<RunLine['outcome']>, string>> = {
  completed: 'completed',
  skipped: 'skipped',
  failed: 'failed',
  'timed-out': 'timed out',
  lost: 'lost',
};

const due = ({ scheduledTime }: RunLine, at: EpochMs): string =>
  scheduledTime === undefined ? 'due' : `due ${minuteOfDay(epochMs(Date.parse(scheduledTime)), at)}`;
