import { defineJob } from 'belfry';

/** For schedules that are taken away, and for messages that do not come. */
export default defineJob('probe-watch', {
  timeout: '10 seconds',
  overlap: 'allow',
  run: () => 'done',
});
