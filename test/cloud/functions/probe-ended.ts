import { defineJob } from 'belfry';

/** For a message that comes after the end of its run. */
export default defineJob('probe-ended', {
  timeout: '10 seconds',
  run: () => 'done',
});
