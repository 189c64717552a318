import type { Story } from '../observe/alert-store.ts';
import { ownEntry } from '../own-entry.ts';
import type { RunRecord } from '../run/record.ts';
import { mapInBatches } from './batches.ts';
import { type Ending, leftTheApp, leftToDo } from './endings.ts';
import type { Pass } from './pass-context.ts';
import {
  endStory,
  followStory,
  isReminderDue,
  minuteOf,
  type ReconciledStories,
  remindOfStory,
  storiesOf,
} from './stories.ts';
import { readable } from './unreadable.ts';

/** Of how many of a job's newest runs a recovery may be: with `skip`, one that takes long has as many skipped ones behind it. */
const MAX_READ = 200;

/**
 * Follows the stories that the functions of jobs have opened when runs failed. One whose job has completed a run since is
 * over. One that has failed again is reported once more when its last alert is a day ago; one that has not is not: nothing
 * new has happened.
 */
export async function followFailedStories(pass: Pass): Promise<ReconciledStories> {
  const problems: string[] = [];
  await mapInBatches(storiesOf('run-failed', pass), (story) =>
    followStory(story.key, () => followFailure(story, pass), problems),
  );
  return { problems };
}

async function followFailure(story: Story, pass: Pass): Promise<void> {
  const { job = '', lastAt, alertedAt } = story;
  if (ownEntry(pass.plan.jobs, job) === undefined) {
    return await endStory(story, { ...leftTheApp(job), lines: [failedText(story)] }, pass);
  }
  const recovery = await findRecovery(story, pass);
  if (recovery !== undefined) return await endStory(story, describeRecovery(story, recovery, pass), pass);
  if (lastAt > alertedAt && isReminderDue(story, pass)) {
    return await remindOfStory(story, [failedText(story)], pass);
  }
}

/** The run that has completed since the job failed last. The run that failed is among those asked for: it may be redriven. */
async function findRecovery({ job = '', run, lastAt }: Story, pass: Pass): Promise<RunRecord | undefined> {
  const { store } = pass.ports;
  const failed = run === undefined ? undefined : await store.get(run);
  const runs = [...(await store.recentRecords(job, { limit: MAX_READ })), failed];
  const ended = runs
    .flatMap((each) => readable(each, pass) ?? [])
    .filter(({ status }) => status === 'completed' || status === 'failed');
  const [newest] = ended.sort((one, other) => endOf(other) - endOf(one));
  // A failure that no alert has counted yet is in its record all the same.
  return newest?.status === 'completed' && endOf(newest) > lastAt ? newest : undefined;
}

const endOf = ({ finishedAt }: RunRecord): number => finishedAt ?? 0;

function describeRecovery(story: Story, { id, finishedAt }: RunRecord, pass: Pass): Ending {
  const at = finishedAt === undefined ? '' : ` at ${minuteOf(finishedAt)}`;
  return {
    subject: `${story.job} has completed a run after ${story.count} that failed`,
    lines: [
      failedText(story),
      `Run ${id} has completed${at}.`,
      '',
      `Show it  npm run belfry -- show '${id}'${pass.showOption}`,
      ...leftToDo(story, id, pass),
    ],
  };
}

const failedText = ({ count, run }: Story): string =>
  `${count === 1 ? 'One run has' : `${count} runs have`} failed${run === undefined ? '' : `, the last of them ${run}`}.`;
