import { setTimeout as sleep } from 'node:timers/promises';
import { defineJob } from 'belfry';

/** Outlives its timeout the first time, and heeds its signal. */
export default defineJob('probe-slow', {
  timeout: '2 seconds',
  retry: { maxAttempts: 2, backoff: '1 second' },
  async run(_input, { run, signal }) {
    if (run.attempt === 1) await sleep(60_000, undefined, { signal });
    return 'done';
  },
});
