import { stripVTControlCharacters } from 'node:util';
import type pc from 'picocolors';
import type { CloudEvent, RunLine } from '../../local/events.ts';
import { type EpochMs, epochMs, toIso } from '../../units.ts';
import { distance, shortLength, timeOfDay } from './times.ts';

type Colors = ReturnType<typeof pc.createColors>;
type Paint = (text: string) => string;

/** A line of the log, but for its time. */
export interface Line {
  readonly verb: string;
  readonly paint: Paint;
  readonly subject: string;
  readonly text: string;
}

/** What others wrote must not move the cursor, ring the bell or retitle the window: line breaks are all it may. */
export function printable<Value>(value: Value): Value {
  if (typeof value === 'string') {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    return stripVTControlCharacters(value).replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, ' ') as Value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(printable) as Value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, printable(each)])) as Value;
}

const VERB_WIDTH = 11;
const SUBJECT_WIDTH = 22;

/** One event as a line, or a few, of the live log; `undefined` for what would only be noise. */
export function formatEvent(event: CloudEvent, colors: Colors): string | undefined {
  const line = describe(printable(event), colors);
  return line === undefined ? undefined : formatLine(event.at, line, colors);
}

/** A line in the columns of the log. Its texts are printed as they are: see {@link printable}. */
export function formatLine(at: EpochMs, { verb, paint, subject, text }: Line, colors: Colors): string {
  const head = `${colors.dim(timeOfDay(at))}  ${paint(verb.padEnd(VERB_WIDTH))}`;
  return `${head} ${subject.padEnd(SUBJECT_WIDTH)} ${text}`.trimEnd();
}

function describe(event: CloudEvent, colors: Colors): Line | undefined {
  const of = (verb: string, paint: Paint, subject: string, text: string): Line => ({ verb, paint, subject, text });
  const { blue, dim, green, magenta, red, yellow } = colors;
  switch (event.kind) {
    case 'fired':
      return of('fired', blue, event.schedule, `due ${timeOfDay(event.scheduledTime)}`);
    case 'clock-set-back':
      return of(
        'clock',
        yellow,
        event.schedule,
        `was ahead, until ${toIso(event.until)}; it is due by the clock of now again`,
      );
    case 'undelivered':
      return of('undelivered', red, event.schedule, event.reason);
    case 'missed-while-off': {
      const last = distance(event.latest, event.at);
      return of('not fired', yellow, event.schedule, `${event.count} due while the cloud was off, the last ${last}`);
    }
    case 'run':
      return describeRun(event, event.at, colors);
    case 'job-log':
      return of('log', dim, event.job, `${event.message}${fieldsText(event.fields)}`);
    case 'output':
      return of('output', dim, event.job, event.line);
    case 'function-failed':
      return of('process', red, event.job, event.error);
    case 'not-emulated':
      return of('not there', red, event.service, event.message);
    case 'alarm': {
      const [verb, paint] = event.state === 'ALARM' ? (['ALARM', red] as const) : (['alarm', green] as const);
      return of(verb, paint, event.alarm, `${event.state}: ${event.reason}`);
    }
    case 'alarm-unsupported':
      return of('no alarm', yellow, event.alarm, `is not evaluated here: ${event.reason}`);
    case 'alert':
      return of('alert', magenta, event.subject, isAlarmNotice(event.message) ? '' : `\n${indent(event.message)}`);
    case 'reloaded':
      return of('reloaded', green, '', event.summary);
    case 'reload-failed':
      return of('not loaded', red, '', `the running app stays as it was\n${indent(event.error)}`);
    case 'resent':
      return of('resumed', blue, event.runId, 'was not finished when the cloud stopped');
    case 'not-resent':
      return of('not resumed', red, event.runId, event.reason);
  }
}

function describeRun(event: RunLine, at: CloudEvent['at'], colors: Colors): Line | undefined {
  const of = (verb: string, paint: Paint, text: string): Line => ({ verb, paint, subject: event.job, text });
  const error = event.error === undefined ? '' : `${event.error.name}: ${event.error.message}`;
  const took = event.durationMs === undefined ? '' : shortLength(event.durationMs);
  const attempt = `attempt ${event.attempt ?? '?'}`;
  switch (event.event) {
    case 'attempt-started':
      return of('started', colors.cyan, `${attempt}  ${colors.dim(event.runId)}`);
    case 'run-completed':
      return of('completed', colors.green, took);
    case 'attempt-failed':
      return of(
        event.outcome === 'timed-out' ? 'timed out' : 'failed',
        colors.yellow,
        `${attempt} after ${took}: ${error}; next ${next(event.nextAttemptAt, at)}`,
      );
    case 'run-failed':
      return of('FAILED', colors.red, `for good, ${attempt}: ${error}`);
    case 'run-skipped':
      return of('skipped', colors.yellow, `${event.reason}: blocked by ${event.blockedBy ?? 'another run'}`);
    case 'run-held':
      return undefined;
    case 'duplicate-acknowledged':
      return of('duplicate', colors.dim, `${event.runId} has ended already`);
    case 'attempt-given-back':
      return of(
        'given back',
        colors.yellow,
        `${event.runId}: ${error || 'another run has the lock'}; next ${next(event.nextAttemptAt, at)}`,
      );
    case 'infrastructure-failed':
      return of('trouble', colors.red, `${event.runId}: ${event.step}: ${error}; it is tried again`);
    default:
      return of(event.event, colors.yellow, [event.runId, error].filter(Boolean).join(': '));
  }
}

/** A delay may be over by the time it is told. */
function next(iso: string | undefined, at: CloudEvent['at']): string {
  if (iso === undefined) return '';
  const instant = epochMs(Date.parse(iso));
  return instant <= at ? 'at once' : distance(instant, at);
}

function fieldsText(fields: Readonly<Record<string, unknown>>): string {
  const text = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return text.length === 0 ? '' : `  ${text.join(' ')}`;
}

/** What CloudWatch publishes: the alarm's own line has said it already. */
const isAlarmNotice = (message: string): boolean => message.startsWith('{"AlarmName"');

const indent = (text: string): string => text.replaceAll(/^/gm, '            ');
