import type { SQSRecord } from 'aws-lambda';
import { logEvent } from '../observe/events.ts';
import { SCHEDULED_TIME_PLACEHOLDER } from '../run/message.ts';
import { MINUTE } from '../units.ts';
import type { Runtime } from './runtime.ts';

/** The field as a schedule's target input has it, or as an emulator has written it anew: an input's fields are not touched. */
const NOT_FILLED_IN = new RegExp(`("scheduledTime":\\s*)"${SCHEDULED_TIME_PLACEHOLDER}"`);

let hasWarned = false;

/**
 * A record from an emulator that fires schedules and does not fill in the scheduled time: then it is the minute in
 * which the message was sent (`SentTimestamp`, floored), true as long as the emulator fires within the minute. Says
 * so once a process. Any other record is returned as it is.
 *
 * The bundles of a stage have it only where the stage says that it runs on an emulator.
 */
export function fillInScheduledTime(record: SQSRecord, { log }: Pick<Runtime, 'log'>): SQSRecord {
  const { body, attributes } = record;
  const sentAt = Number(attributes.SentTimestamp);
  if (!NOT_FILLED_IN.test(body) || Number.isNaN(sentAt)) return record;
  if (!hasWarned) {
    hasWarned = true;
    logEvent(log, 'scheduled-time-guessed', 'warn', {
      reason: 'this emulator does not fill in <aws.scheduler.scheduled-time>; the minute of SentTimestamp is taken',
    });
  }
  const scheduledTime = new Date(sentAt - (sentAt % MINUTE)).toISOString();
  return { ...record, body: body.replace(NOT_FILLED_IN, `$1"${scheduledTime}"`) };
}
