import { defineJob } from 'belfry';

/** For messages that come more than once, or are none of a run's. */
export default defineJob('probe-twice', {
  timeout: '10 seconds',
  run: () => 'done',
});
