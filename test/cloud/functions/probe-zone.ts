import { defineJob } from 'belfry';

/** For schedules that a check makes itself. */
export default defineJob('probe-zone', {
  timeout: '10 seconds',
  overlap: 'allow',
  run: () => 'done',
});
