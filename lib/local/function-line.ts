import { WATCHDOG } from '../job/names.ts';
import { EVENTS, type FieldName } from '../observe/events.ts';
import { type EpochMs, epochMs } from '../units.ts';
import type { CloudEvent, RunLine } from './events.ts';
import { parseObject } from './parse-object.ts';

/** Fields that the logger adds to every line. */
const LOGGER_FIELDS = new Set([
  'level',
  'message',
  'timestamp',
  'service',
  'sampling_rate',
  'xray_trace_id',
  'runId',
  'job',
  'attempt',
]);

/** What a line of a function's output says. Lines of metrics are not for it: the alarms read those. */
export function readFunctionLine(job: string, line: string, now: EpochMs): CloudEvent {
  const fields = line.startsWith('{') ? parseObject(line) : undefined;
  if (fields === undefined) return { kind: 'output', at: now, job, line };

  const at = typeof fields.timestamp === 'string' ? epochMs(Date.parse(fields.timestamp)) : now;
  if (isRunLine(fields)) {
    const names: readonly FieldName[] = EVENTS[fields.event].fields;
    const known = Object.fromEntries(
      names.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])),
    ) as Partial<RunLine>;
    // Only the watchdog reports on others: what a job says of itself is under its own name.
    const about = job === WATCHDOG && typeof fields.job === 'string' ? fields.job : job;
    const error = known.error && { error: { ...known.error, message: known.error.message ?? '' } };
    return { ...known, ...error, kind: 'run', at, event: fields.event, runId: fields.runId, job: about };
  }
  const own = Object.fromEntries(Object.entries(fields).filter(([name]) => !LOGGER_FIELDS.has(name)));
  return {
    kind: 'job-log',
    at,
    job,
    level: String(fields.level ?? 'INFO'),
    message: String(fields.message ?? line),
    fields: own,
  };
}

/** Told from a job's own lines by the event's name as their message, which only Belfry's have. */
function isRunLine(
  fields: Record<string, unknown>,
): fields is Record<string, unknown> & Pick<RunLine, 'event' | 'runId'> {
  const { event, message, runId } = fields;
  return typeof event === 'string' && event === message && Object.hasOwn(EVENTS, event) && typeof runId === 'string';
}
