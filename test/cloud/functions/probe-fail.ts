import { defineJob, NonRetryableError } from 'belfry';

/** Fails for good. */
export default defineJob('probe-fail', {
  timeout: '10 seconds',
  run() {
    throw new NonRetryableError('there is no such account');
  },
});
