import { defineJob } from 'belfry';
import { openRunHistory } from 'belfry/client';
import { compare, describeDigest, factsOf, type RunFacts } from './_digest.ts';

const DAY = 24 * 60 * 60 * 1000;

/**
 * Sends an alert about the 24 hours before it was due: what completed, failed, was skipped and missed, and which jobs
 * have become slower, each compared with the seven days before.
 */
export default defineJob('run-digest', {
  timeout: '5 minutes',
  async run(_input, { run, alert, log }) {
    const due = run.scheduledTime.getTime();
    const period = { from: new Date(due - DAY), to: run.scheduledTime };
    const history = openRunHistory();

    const day: RunFacts[] = [];
    const weekBefore: RunFacts[] = [];
    for (const job of history.jobs) {
      for await (const each of history.runsOf(job, { from: new Date(due - 8 * DAY), to: period.to })) {
        // A run does not report itself: it is still running.
        if (each.id === run.id) continue;
        (each.scheduledTime >= period.from.getTime() ? day : weekBefore).push(factsOf(each));
      }
    }

    const digest = compare(day, weekBefore);
    const { completed = 0, failed = 0, skipped = 0, missed = 0 } = digest.day.counts;
    await alert({
      subject: `Runs of the last day: ${completed} completed, ${failed} failed, ${skipped} skipped, ${missed} missed`,
      body: describeDigest(digest, period),
    });
    log.info('digest sent', { runs: day.length });
    return { runs: day.length, completed, failed, skipped, missed, slower: digest.slower.map(({ job }) => job) };
  },
});
