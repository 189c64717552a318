import type { AlertKind } from '../observe/alert.ts';
import type { Story } from '../observe/alert-store.ts';
import { ownEntry } from '../own-entry.ts';
import { moveBack } from './move-back.ts';
import type { Pass } from './pass-context.ts';
import { subjectOfKey } from './story-keys.ts';

/** What an alert says of a story that is over. */
export interface Ending {
  /** Without the stage and the word "over". */
  readonly subject: string;
  readonly lines: readonly string[];
}

/** The kinds of stories whose end is that a pass does not find their condition any more. */
export type ConditionKind = Extract<
  AlertKind,
  'dead-letters' | 'runs-waiting' | 'run-slow' | 'schedule-not-deployed' | 'no-subscriber'
>;

/** The subject that began a story is untrue at its end: "report has 3 dead letters". */
const ENDINGS: Readonly<Record<ConditionKind, (story: Story) => Ending>> = {
  'dead-letters': ({ job }) => ({
    subject:
      job === undefined
        ? 'no due time is left that EventBridge could not deliver'
        : `${job} has no dead letters any more`,
    lines: ['The messages were moved back or deleted, or they were older than the queue keeps them.'],
  }),
  'runs-waiting': ({ job }) => ({ subject: `no run of ${job} waits too long any more`, lines: [] }),
  'run-slow': ({ job, run }) => ({
    subject: `the slow run of ${job} has ended, or is not compared any more`,
    lines: run === undefined ? [] : [`Run  ${run}`],
  }),
  'schedule-not-deployed': ({ key }) => ({
    subject: `${subjectOfKey(key)} is in EventBridge as the app declares it, or has left the app`,
    lines: [],
  }),
  'no-subscriber': () => ({
    subject: 'an address has confirmed, or mail is no channel of the stage any more',
    lines: [],
  }),
};

/** What ends the story of a condition that is not found any more. */
export function endingOf(story: Story, kind: ConditionKind, { plan }: Pass): Ending {
  const { job } = story;
  const hasLeft = job !== undefined && ownEntry(plan.jobs, job) === undefined;
  const { subject, lines } = hasLeft ? leftTheApp(job) : ENDINGS[kind](story);
  return { subject, lines: [`It had begun as: ${story.subject}`, ...lines] };
}

/** Nothing is known any more of what its runs and its queue do. */
export const leftTheApp = (job: string): Ending => ({ subject: `${job} has left the app`, lines: [] });

/** What is left to do for runs that have failed: a later run makes up for none of them. */
export function leftToDo(story: Story, completed: string, { plan, cli }: Pass): readonly string[] {
  const { job = '', count, run } = story;
  if (count === 1 && run === completed) return [];
  const queue = plan.jobs[job]?.deadLetterQueue;
  if (queue === undefined) return [];
  return [
    '',
    `What the runs that failed had to do is not done by it. Their dead letters are kept in ${queue} for 14 days, unless they are moved back or deleted:`,
    ...moveBack(queue, job, { plan, cli }),
  ];
}
