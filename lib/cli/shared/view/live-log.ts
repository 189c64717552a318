import { unreachable } from '../../../errors.ts';
import type { CloudEvent } from '../../../local/events.ts';
import { toIso } from '../../../units.ts';
import type { Colors } from '../terminal.ts';
import { formatLine, type Line, type Paint } from './line.ts';
import { printable } from './printable.ts';
import { isRoutine } from './routine.ts';
import { describeRun } from './run-line.ts';
import { distance, timeOfDay } from './times.ts';

/** One event as a line, or a few, of the live log; `undefined` for what would only be noise. */
export function formatEvent(event: CloudEvent, colors: Colors): string | undefined {
  if (isRoutine(event)) return undefined;
  const line = describe(printable(event), colors);
  return line === undefined ? undefined : formatLine(event.at, line, colors);
}

function describe(event: CloudEvent, colors: Colors): Line | undefined {
  const of = (verb: string, paint: Paint, subject: string, text: string): Line => ({ verb, paint, subject, text });
  const { blue, dim, green, magenta, red, yellow } = colors;
  switch (event.kind) {
    case 'fired':
      return of('fired', blue, event.schedule, `due ${timeOfDay(event.scheduledTime)}`);
    case 'dropped':
      return of(
        'dropped',
        yellow,
        event.schedule,
        `due ${timeOfDay(event.scheduledTime)}, not delivered, as asked for`,
      );
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
      return of('process', red, event.job, [event.error, ...event.trace].join('\n'));
    case 'not-emulated':
      return of('not there', red, event.service, event.message);
    case 'alarm': {
      const [verb, paint] = event.state === 'ALARM' ? (['ALARM', red] as const) : (['alarm', green] as const);
      const state = event.job === null ? event.state : `${event.state} of ${event.job}`;
      return of(verb, paint, event.alarm, `${state}: ${event.reason}`);
    }
    case 'alarm-unsupported':
      return of('no alarm', yellow, event.alarm, `is not evaluated here: ${event.reason}`);
    case 'alert':
      return of('alert', magenta, event.subject, isAlarmNotice(event.message) ? '' : `\n${event.message}`);
    case 'warning':
      return of('warning', yellow, '', event.text);
    case 'note':
      return of('note', blue, '', event.text);
    case 'reloaded':
      return of('reloaded', green, '', event.summary);
    case 'reload-failed':
      return of('not loaded', red, '', `the running app stays as it was\n${event.error}`);
    case 'records-dropped':
      return of('lost', red, '', event.text);
    case 'store-refuses':
      return of('not stored', red, '', event.reason);
    case 'store-reopened':
      return of('stored', green, '', 'records can be written again');
    case 'resent':
      return of('resumed', blue, event.runId, 'was not finished when the cloud stopped');
    case 'not-resent':
      return of('not resumed', red, event.runId, event.reason);
    default:
      return unreachable(event);
  }
}

function fieldsText(fields: Readonly<Record<string, unknown>>): string {
  const text = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return text.length === 0 ? '' : `  ${text.join(' ')}`;
}

/** What CloudWatch publishes: the alarm's own line has said it already. */
const isAlarmNotice = (message: string): boolean => message.startsWith('{"AlarmName"');
