import { setTimeout as sleep } from 'node:timers/promises';
import { defineJob } from 'belfry';

/** Holds its lock for a while. */
export default defineJob('probe-lock', {
  timeout: '30 seconds',
  async run(_input, { signal }) {
    await sleep(10_000, undefined, { signal });
    return 'done';
  },
});
