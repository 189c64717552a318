import { defineJob } from 'belfry';

/** Removed by the update of the stack. */
export default defineJob('probe-gone', {
  timeout: '10 seconds',
  run: () => 'done',
});
