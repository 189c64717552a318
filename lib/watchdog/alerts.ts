import type { AlertMessage } from '../job/context.ts';
import { scheduledText } from '../observe/failure-alert.ts';
import { toIso } from '../units.ts';
import type { Undeployed } from './adopt.ts';
import type { Missed } from './due-check.ts';

/** How many missed due times a message names. */
const NAMED = 20;

/** What people are told of the due times that one look found missed: one message, however many they are. */
export function describeMissed(
  missed: readonly Missed[],
  { stage, isCut, showOption }: { stage: string; isCut: boolean; showOption: string },
): AlertMessage {
  const schedules = [...new Set(missed.map(({ schedule }) => schedule.id))];
  const count = missed.length === 1 ? 'a due time' : `${missed.length} due times`;
  const headline = `[${stage}] ${count} missed: ${schedules.join(', ')}`;
  const lines = missed
    .slice(0, NAMED)
    .flatMap(({ run, schedule, scheduledTime, why, ...state }) => [
      run,
      `  due       ${scheduledText(scheduledTime, schedule.timezone)}`,
      `  why       ${why}`,
      `  catch-up  ${catchUpText(schedule.policy.catchUp, state)}`,
    ]);
  const more = missed.length - NAMED;
  return {
    subject: headline,
    body: [
      headline,
      '',
      'No run has come of:',
      ...lines,
      ...(more > 0 ? [`and ${more} more`] : []),
      ...(isCut ? ['There are older due times still to be looked at: more messages like this may follow.'] : []),
      '',
      `Show one  npm run belfry -- show '<run>'${showOption}`,
    ].join('\n'),
  };
}

function catchUpText(limit: number, { isTooLate, isPutOff }: Pick<Missed, 'isTooLate' | 'isPutOff'>): string {
  if (limit === 0 && isTooLate) return 'none';
  if (limit === 0) return 'none: should the message still come, it runs if it is not too late';
  if (isPutOff) return 'none, as long as the schedule is disabled';
  if (limit === 1) return 'the newest missed one is run, as soon as it is known which that is';
  return `up to ${limit} of the newest are run, one after the other, as soon as it is known which those are`;
}

/** What people are told of schedules that the app has and EventBridge, long after, has not: nothing of them runs. */
export function describeUndeployed(overdue: readonly Undeployed[], stage: string): AlertMessage {
  const ids = overdue.map(({ schedule }) => schedule.id);
  const headline = `[${stage}] not deployed as the app says: ${ids.join(', ')}`;
  const lines = overdue
    .slice(0, NAMED)
    .map(
      ({ schedule, since, why }) => `${schedule.id}, since ${toIso(since).slice(0, 16).replace('T', ' ')} UTC: ${why}`,
    );
  const cure = 'Deploy all stacks of the app. Until then its due times are not expected, and nobody is told again.';
  return { subject: headline, body: [headline, '', ...lines, '', cure].join('\n') };
}
