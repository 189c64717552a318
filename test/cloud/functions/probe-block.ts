import { defineJob } from 'belfry';

/** Never yields in the first attempt: nothing but the end of its function ends it. */
export default defineJob('probe-block', {
  timeout: '1 second',
  retry: { maxAttempts: 2, backoff: '1 second' },
  run(_input, { run }) {
    while (run.attempt === 1);
    return 'done';
  },
});
