import { defineJob } from 'belfry';

/** Takes its lock and leaves it. */
export default defineJob('probe-token', {
  timeout: '10 seconds',
  run: () => 'done',
});
