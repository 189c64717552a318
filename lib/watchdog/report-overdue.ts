import { ownEntry } from '../own-entry.ts';
import { describeOverdue } from './alert-texts.ts';
import type { Pass } from './pass-context.ts';
import { type ReconciledStories, reconcileStories } from './stories.ts';
import { notDeployedStoryKey, subjectOfKey } from './story-keys.ts';
import type { TrackedSchedules } from './track-schedules.ts';

/** Reports schedules that EventBridge does not have as the app declares them long after it should, and those that it has since. */
export async function reportOverdue(
  { overdue, waiting }: Pick<TrackedSchedules, 'overdue' | 'waiting'>,
  pass: Pass,
): Promise<ReconciledStories> {
  const { ports, stories, stage } = pass;
  for (const { schedule, why } of overdue) {
    if (stories.has(notDeployedStoryKey(schedule.id))) continue;
    ports.log('schedule-not-deployed', { job: schedule.job, schedule: schedule.id, why });
  }
  const conditions = overdue.map((each) => describeOverdue(each, stage));
  // EventBridge could not be asked about one that waits and is not overdue.
  const isUnknown = (story: string): boolean => ownEntry(waiting, subjectOfKey(story)) !== undefined;
  return await reconcileStories('schedule-not-deployed', conditions, pass, { isUnknown });
}
