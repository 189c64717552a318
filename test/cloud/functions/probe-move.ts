import { defineJob, NonRetryableError } from 'belfry';

/** Fails for good until somebody moves its dead letter back. */
export default defineJob('probe-move', {
  timeout: '10 seconds',
  run(_input, { run }) {
    if (run.attempt === 1) throw new NonRetryableError('not yet');
    return 'done';
  },
});
