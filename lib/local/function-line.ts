import { WATCHDOG } from '../job/names.ts';
import { type EpochMs, epochMs } from '../units.ts';
import type { CloudEvent, RunLine } from './events.ts';
import { parseObject } from './parse-object.ts';

/** Events of `RunLine`s, told from a job's own lines by the field that only Belfry's have. */
const RUN_FIELDS = [
  'runId',
  'attempt',
  'durationMs',
  'outcome',
  'reason',
  'blockedBy',
  'calendar',
  'nextAttemptAt',
  'until',
  'step',
  'scheduledTime',
  'why',
  'error',
] as const;

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
  if (typeof fields.event === 'string' && fields.event === fields.message && typeof fields.runId === 'string') {
    const known = Object.fromEntries(
      RUN_FIELDS.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])),
    );
    // Only the watchdog speaks of others: what a job says of itself stands under its own name.
    const about = job === WATCHDOG && typeof fields.job === 'string' ? fields.job : job;
    return { ...(known as Omit<RunLine, 'kind' | 'event' | 'job'>), kind: 'run', at, event: fields.event, job: about };
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
