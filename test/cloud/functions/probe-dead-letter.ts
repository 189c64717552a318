import { defineJob, NonRetryableError } from 'belfry';

/** Fails for good: what the alarm over dead letters is for. */
export default defineJob('probe-dead-letter', {
  timeout: '10 seconds',
  overlap: 'allow',
  run() {
    throw new NonRetryableError('there is no such account');
  },
});
