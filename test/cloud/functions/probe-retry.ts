import { defineJob } from 'belfry';

/** Fails twice, and then does not. */
export default defineJob('probe-retry', {
  timeout: '10 seconds',
  retry: { maxAttempts: 3, backoff: '2 seconds' },
  run(_input, { run }) {
    if (run.attempt < 3) throw new Error(`attempt ${run.attempt} fails`);
    return 'done';
  },
});
