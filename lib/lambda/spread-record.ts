import type { SQSRecord } from 'aws-lambda';
import { type FiringWindow, newestDueTime } from '../due/newest-due-time.ts';
import { isObject } from '../is-object.ts';
import { ownEntry } from '../own-entry.ts';
import { readable } from '../run/run-error.ts';
import { type EpochMs, epochMs, toIso } from '../units.ts';
import type { HandlerExtras } from './handler.ts';

export type { FiringWindow };

type Adapt = NonNullable<HandlerExtras['adapt']>;

/**
 * For jobs whose schedules have a `spread`: makes the scheduled time of a schedule's message the due time for which it was
 * fired. Whether EventBridge fills in the due time or the moment at which it fired within its flexible window, and what an emulator
 * makes of it, the run has one identity, that of its due time. A message that no due time explains is left as it is.
 *
 * @param windows by schedule
 * @param adapt what is done to a record first
 */
export const alignScheduledTime =
  (windows: Readonly<Record<string, FiringWindow>>, adapt: Adapt = (record) => record): Adapt =>
  (received, runtime) => {
    const record = adapt(received, runtime);
    const { run, schedule, scheduledTime } = fieldsOf(record.body);
    const window = run === null ? ownEntry(windows, String(schedule)) : undefined;
    const firedAt = epochMs(Date.parse(String(scheduledTime)));
    if (window === undefined || Number.isNaN(firedAt)) return record;
    const due = newestDueTime(window, firedAt);
    return due === undefined ? record : withScheduledTime(record, due);
  };

/** Of a body that is untrusted, and that the handler reads anew. */
function fieldsOf(body: string): Readonly<Record<string, unknown>> {
  const fields: unknown = readable(() => JSON.parse(body));
  return isObject(fields) ? (fields as Record<string, unknown>) : {};
}

/** Changes nothing else: a message that is refused goes to the dead-letter queue as it came. */
function withScheduledTime(record: SQSRecord, due: EpochMs): SQSRecord {
  const iso = toIso(due);
  const body = record.body.replace(/("scheduledTime":\s*)"[^"]*"/, `$1"${iso}"`);
  // Another field of that name came before it, in the input of a message that an emulator has written anew.
  return fieldsOf(body).scheduledTime === iso ? { ...record, body } : record;
}
