import { type EpochMs, toIso } from '../../units.ts';
import type { StoredSchedule } from './model.ts';

/** What is known of one attempt to deliver a due time. */
export interface AttemptContext {
  readonly schedule: StoredSchedule;
  readonly scheduledTime: EpochMs;
  /** From 1. */
  readonly attempt: number;
  /** A fresh id per attempt. */
  readonly executionId: string;
}

const WORD = /<aws\.scheduler\.(schedule-arn|scheduled-time|execution-id|attempt-number)>/g;

/** An instant as EventBridge writes it: `2026-11-23T20:00:00Z`. */
export const toSecondsIso = (instant: EpochMs): string => `${toIso(instant).slice(0, 19)}Z`;

/**
 * The body of a delivery: the target's input with every context attribute replaced.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
export function bodyOf(context: AttemptContext): string {
  const { input } = context.schedule.target;
  if (input === undefined) return defaultNotification(context);
  return input.replace(WORD, (whole, word: string) => attributeOf(word, context) ?? whole);
}

function attributeOf(
  word: string,
  { schedule, scheduledTime, attempt, executionId }: AttemptContext,
): string | undefined {
  switch (word) {
    case 'schedule-arn':
      return schedule.arn;
    case 'scheduled-time':
      return toSecondsIso(scheduledTime);
    case 'execution-id':
      return executionId;
    case 'attempt-number':
      return String(attempt);
    default:
      return undefined;
  }
}

/** AWS documents that there is one, not what it looks like: this is the shape that people report. */
function defaultNotification({ schedule, scheduledTime, executionId }: AttemptContext): string {
  const [, , , region, account] = schedule.arn.split(':');
  return JSON.stringify({
    version: '0',
    id: executionId,
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account,
    time: toSecondsIso(scheduledTime),
    region,
    resources: [schedule.arn],
    detail: '{}',
  });
}
