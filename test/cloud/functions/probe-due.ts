import { defineJob } from 'belfry';

/** Due every minute: what a scheduled run leaves behind. */
export default defineJob('probe-due', {
  timeout: '10 seconds',
  run: (_input, { run }) => ({ due: run.scheduledTime.toISOString() }),
});
