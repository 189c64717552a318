import { occurrencesBetween } from '../due/occurrences.ts';
import type { Story } from '../observe/alert-store.ts';
import { hasEnded, type RunRecord } from '../run/record.ts';
import { parseRunId, scheduledRunId } from '../run/run-id.ts';
import type { EpochMs } from '../units.ts';
import type { CatchUpTurns } from './choose-catch-ups.ts';
import { lookUpDeployed } from './deployed.ts';
import type { DueTimes } from './due-times.ts';
import type { ExpectedSchedule } from './expected-schedules.ts';
import { enabledSince, isTooLate } from './missed-reason.ts';
import type { MissedRun } from './missed-runs.ts';
import type { Pass } from './pass-context.ts';
import type { WatchedSchedule } from './plan.ts';
import {
  endStory,
  followStory,
  isReminderDue,
  minuteOf,
  type ReconciledStories,
  remindOfStory,
  storiesOf,
} from './stories.ts';
import { subjectOfKey } from './story-keys.ts';
import { shouldBeDeployed } from './tracked-schedule.ts';
import { readable } from './unreadable.ts';

/** How many of the newest due times are read for one that has a run. */
const MAX_NEWEST = 10;
/** How many runs of an outage are read for those that have run since: a schedule catches up with 100 at most. */
const MAX_COUNTED = 500;
/** How many runs an alert names. */
const MAX_NAMED = 20;

/** What the pass has come to so far. */
export interface OutageFacts {
  readonly expected: readonly ExpectedSchedule[];
  readonly dueTimes: DueTimes;
  readonly missed: readonly MissedRun[];
  readonly turns: CatchUpTurns;
}

/**
 * Ends the stories of schedules that fire again: a later due time has a run, or EventBridge has the schedule enabled; all
 * due times up to then are checked, and nothing is left to be caught up. The alert has the number of those that were missed
 * and of those that have run since.
 */
export async function endOutages(facts: OutageFacts, pass: Pass): Promise<ReconciledStories> {
  const problems: string[] = [];
  const stories = [...storiesOf('runs-missed', pass), ...storiesOf('schedule-disabled', pass)];
  // Those that this pass has counted in are not over.
  const seen = new Set(facts.missed.map(({ schedule }) => schedule.id));
  const left = new Set(facts.turns.catchUps.map(({ run }) => parseRunId(run)?.occasion));
  for (const story of stories) {
    const id = subjectOfKey(story.key);
    if (seen.has(id)) continue;
    const step = () => followOutage(story, { id, hasCatchUps: left.has(id), facts }, pass);
    await followStory(story.key, step, problems);
  }
  return { problems };
}

interface Followed {
  readonly id: string;
  readonly hasCatchUps: boolean;
  readonly facts: OutageFacts;
}

async function followOutage(story: Story, { id, hasCatchUps, facts }: Followed, pass: Pass): Promise<void> {
  const schedule = pass.plan.schedules.find((each) => each.id === id && each.job === story.job);
  const tracked = facts.expected.find((each) => each.schedule.id === id);
  const reason = await whyOver(story, { schedule, tracked, checkedUntil: facts.dueTimes.checkedUntil[id] }, pass);
  if (reason !== undefined && !hasCatchUps) return await end(story, reason, pass);
  const isWorthIt = story.kind === 'schedule-disabled' || story.lastAt > story.alertedAt;
  if (isWorthIt && isReminderDue(story, pass)) {
    return await remindOfStory(story, [`Missed so far: ${countText(story)}.`], pass);
  }
}

interface Checked {
  /** As the app declares it. */
  readonly schedule: WatchedSchedule | undefined;
  readonly tracked: ExpectedSchedule | undefined;
  readonly checkedUntil: EpochMs | undefined;
}

/** Why a story is over; `undefined` when it goes on, or that is not known. */
async function whyOver(story: Story, checked: Checked, pass: Pass): Promise<string | undefined> {
  const { schedule, tracked } = checked;
  if (schedule === undefined) return 'The schedule has left the app.';
  if (!schedule.enabled) return 'The app has the schedule disabled by now.';
  if (tracked !== undefined && tracked.state.expectedFrom > story.lastAt)
    return `The schedule was changed; its due times count from ${minuteOf(tracked.state.expectedFrom)} on.`;
  if (story.kind === 'schedule-disabled') return await whyEnabled(schedule, checked, pass);
  const newest = await newestRun(story, checked, pass);
  if (newest !== undefined) return `Run ${newest.id} has come.`;
  // Nothing is due any more that could show it.
  if (shouldBeDeployed(schedule) || story.run === undefined) return undefined;
  const last = readable(await pass.ports.store.get(story.run), pass);
  return last?.status === 'completed' ? `Run ${last.id} has completed.` : undefined;
}

async function whyEnabled(
  schedule: WatchedSchedule,
  { checkedUntil }: Checked,
  pass: Pass,
): Promise<string | undefined> {
  const deployed = await lookUpDeployed(schedule, pass);
  if (deployed.kind === 'absent') return 'EventBridge has no such schedule any more.';
  const enabledAt = enabledSince(deployed);
  // What was due before must be counted in.
  const isChecked = enabledAt !== undefined && (checkedUntil === undefined || checkedUntil >= enabledAt);
  return isChecked ? `EventBridge has the schedule enabled since ${minuteOf(enabledAt)}.` : undefined;
}

/** The record of the newest due time after those that were missed, if a run came of it. */
async function newestRun(
  { lastAt }: Story,
  { tracked, checkedUntil }: Checked,
  pass: Pass,
): Promise<RunRecord | undefined> {
  if (tracked === undefined || checkedUntil === undefined) return undefined;
  const { schedule } = tracked;
  const later = [...occurrencesBetween(schedule, lastAt, checkedUntil)].slice(-MAX_NEWEST).reverse();
  for (const { scheduledTime } of later) {
    const run = scheduledRunId(schedule.job, schedule.id, scheduledTime);
    const record = readable(await pass.ports.store.get(run), pass);
    // One that a calendar skips has a record without a claim, by the watchdog itself.
    if (record === undefined || record.claim === 0) continue;
    return isTooLate(record) || record.missedAt !== undefined ? undefined : record;
  }
  return undefined;
}

async function end(story: Story, reason: string, pass: Pass): Promise<void> {
  const late = await runSince(story, pass);
  const named = late.slice(0, MAX_NAMED).map(({ id, status }) => `  ${id}  ${status}`);
  const more = late.length - named.length;
  const id = subjectOfKey(story.key);
  const what = story.kind === 'schedule-disabled' ? `${id} disabled by hand` : id;
  const subject = `${what}: ${countText(story)} missed, ${late.length} caught up`;
  const lines = [
    reason,
    `Missed: ${countText(story)}, the last of them ${story.run ?? minuteOf(story.lastAt)}.`,
    `Run since: ${late.length === 0 ? 'none of them' : late.length}.`,
    ...named,
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
  await endStory(story, { subject, lines }, pass);
}

/** The missed runs of a story that have run since, as catch-ups or by a message that came after all; the newest first. */
async function runSince({ key, job = '', since, lastAt }: Story, pass: Pass): Promise<readonly RunRecord[]> {
  const period = { from: since, to: lastAt };
  const runs = await pass.ports.store.recentRecords(job, { limit: MAX_COUNTED, period });
  return runs
    .flatMap((run) => readable(run, pass) ?? [])
    .filter(
      ({ schedule, missedAt, trigger, claim, status }) =>
        schedule === subjectOfKey(key) &&
        (missedAt !== undefined || trigger === 'catch-up') &&
        claim > 0 &&
        status !== 'skipped' &&
        hasEnded(status),
    );
}

const countText = ({ count }: Story): string => (count === 1 ? '1 due time' : `${count} due times`);
