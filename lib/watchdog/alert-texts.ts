import type { AlertMessage } from '../job/context.ts';
import { scheduledText } from '../observe/failure-alert.ts';
import { headline, WATCHDOG_PHRASES } from '../observe/headline.ts';
import type { Condition } from './conditions.ts';
import type { MissedRun } from './missed-runs.ts';
import { minuteOf } from './stories.ts';
import { notDeployedStoryKey } from './story-keys.ts';
import type { OverdueSchedule } from './track-schedules.ts';

/** How many missed due times an alert names. */
const MAX_NAMED = 20;

export interface MissedOptions {
  readonly stage: string;
  /** Whether older due times are left for the next pass. */
  readonly isCut: boolean;
  readonly showOption: string;
}

/** The alert for missed due times: one message, however many they are. */
export function describeMissed(missed: readonly MissedRun[], options: MissedOptions): AlertMessage {
  const count = missed.length === 1 ? 'a due time' : `${missed.length} due times`;
  return describeOutage(
    headline(options.stage, WATCHDOG_PHRASES['run-missed'], schedulesOf(missed), count),
    missed,
    options,
  );
}

/** The alert for schedules that were found disabled by hand, by the due times that they have missed. */
export function describeDisabled(missed: readonly MissedRun[], options: MissedOptions): AlertMessage {
  const subject = headline(options.stage, WATCHDOG_PHRASES['schedule-disabled'], schedulesOf(missed));
  return describeOutage(subject, missed, options);
}

const schedulesOf = (missed: readonly MissedRun[]): string =>
  [...new Set(missed.map(({ schedule }) => schedule.id))].join(', ');

function describeOutage(
  subject: string,
  missed: readonly MissedRun[],
  { isCut, showOption }: MissedOptions,
): AlertMessage {
  const more = missed.length - MAX_NAMED;
  return {
    subject,
    body: [
      subject,
      '',
      'No run has come of:',
      ...missed.slice(0, MAX_NAMED).flatMap(missedLines),
      ...(more > 0 ? [`and ${more} more`] : []),
      ...(isCut ? ['There are older due times still to be checked.'] : []),
      '',
      'Further due times are counted: one message says how many they were when it is over.',
      `Show one  npm run belfry -- show '<run>'${showOption}`,
    ].join('\n'),
  };
}

function missedLines({ run, schedule, scheduledTime, why, ...state }: MissedRun): readonly string[] {
  return [
    run,
    `  due       ${scheduledText(scheduledTime, schedule.timezone)}`,
    `  why       ${why}`,
    `  catch-up  ${catchUpText(schedule.policy.catchUp, state)}`,
  ];
}

function catchUpText(limit: number, { isTooLate, isDisabled }: Pick<MissedRun, 'isTooLate' | 'isDisabled'>): string {
  if (limit === 0 && isTooLate) return 'none';
  if (limit === 0) return 'none: should the message still come, it runs if it is not too late';
  if (isDisabled) return 'none, as long as the schedule is disabled';
  if (limit === 1) return 'the newest missed one is run, as soon as it is known which that is';
  return `up to ${limit} of the newest are run, one after the other, as soon as it is known which those are`;
}

/** That EventBridge does not have a schedule as the app declares it, long after it should. */
export function describeOverdue({ schedule: { id, job }, since, why }: OverdueSchedule, stage: string): Condition {
  return {
    story: notDeployedStoryKey(id),
    kind: 'schedule-not-deployed',
    job,
    since,
    subject: headline(stage, WATCHDOG_PHRASES['schedule-not-deployed'], id),
    lines: [
      `${id}, since ${minuteOf(since)}: ${why}`,
      '',
      'Deploy all stacks of the app. Until then its due times are not expected.',
    ],
  };
}
