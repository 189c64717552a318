import type { AlertMessage } from '../job/context.ts';
import { scheduledText } from '../observe/failure-alert.ts';
import { headline, WATCHDOG_PHRASES } from '../observe/headline.ts';
import { toIso } from '../units.ts';
import type { MissedRun } from './missed-runs.ts';
import type { OverdueSchedule } from './track-schedules.ts';

/** How many missed due times or overdue schedules an alert names. */
const MAX_NAMED = 20;

/** The alert for missed due times: one message, however many they are. */
export function describeMissed(
  missed: readonly MissedRun[],
  { stage, isCut, showOption }: { stage: string; isCut: boolean; showOption: string },
): AlertMessage {
  const schedules = [...new Set(missed.map(({ schedule }) => schedule.id))];
  const count = missed.length === 1 ? 'a due time' : `${missed.length} due times`;
  const subject = headline(stage, WATCHDOG_PHRASES['run-missed'], schedules.join(', '), count);
  const more = missed.length - MAX_NAMED;
  return {
    subject,
    body: [
      subject,
      '',
      'No run has come of:',
      ...missed.slice(0, MAX_NAMED).flatMap(missedLines),
      ...(more > 0 ? [`and ${more} more`] : []),
      ...(isCut ? ['There are older due times still to be checked: more messages like this may follow.'] : []),
      '',
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

/** The alert for schedules that EventBridge does not have as the app declares them, long after it should. */
export function describeOverdue(overdue: readonly OverdueSchedule[], stage: string): AlertMessage {
  const ids = overdue.map(({ schedule }) => schedule.id);
  const subject = headline(stage, WATCHDOG_PHRASES['schedule-not-deployed'], ids.join(', '));
  const lines = overdue
    .slice(0, MAX_NAMED)
    .map(
      ({ schedule, since, why }) => `${schedule.id}, since ${toIso(since).slice(0, 16).replace('T', ' ')} UTC: ${why}`,
    );
  const cure =
    'Deploy all stacks of the app. Until then its due times are not expected, and this alert is not repeated.';
  return { subject, body: [subject, '', ...lines, '', cure].join('\n') };
}
