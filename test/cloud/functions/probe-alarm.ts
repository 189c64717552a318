import { defineJob, NonRetryableError } from 'belfry';

/** Fails for good: what the alarm that all jobs share is for. */
export default defineJob('probe-alarm', {
  timeout: '10 seconds',
  overlap: 'allow',
  run() {
    throw new NonRetryableError('there is no such account');
  },
});
