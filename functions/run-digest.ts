import { defineJob } from 'belfry';
import { openRunHistory, type RunRecord } from 'belfry/client';
import { describeDigest, summarize } from './_digest.ts';

const DAY = 24 * 60 * 60 * 1000;

/** Tells the alert topic what ran, failed, was skipped and was slowest in the 24 hours before it was due. */
export default defineJob('run-digest', {
  timeout: '2 minutes',
  async run(_input, { run, alert, log }) {
    const period = { from: new Date(run.scheduledTime.getTime() - DAY), to: run.scheduledTime };
    const history = openRunHistory();

    const runs: RunRecord[] = [];
    for (const job of history.jobs) {
      // A run does not report itself: it is still running.
      for await (const each of history.runsOf(job, period)) if (each.id !== run.id) runs.push(each);
    }

    const digest = summarize(runs);
    const { completed = 0, failed = 0, skipped = 0, missed = 0 } = digest.counts;
    await alert({
      subject: `Runs of the last day: ${completed} completed, ${failed} failed, ${skipped} skipped, ${missed} missed`,
      body: describeDigest(digest, period),
    });
    log.info('digest sent', { runs: runs.length });
    return { runs: runs.length, completed, failed, skipped, missed };
  },
});
