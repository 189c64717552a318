import { defineJob } from 'belfry';

/** Its process is killed in the first attempt, as by a lack of memory. */
export default defineJob('probe-kill', {
  timeout: '1 second',
  retry: { maxAttempts: 2, backoff: '1 second' },
  run(_input, { run }) {
    if (run.attempt === 1) process.kill(process.pid, 'SIGKILL');
    return 'done';
  },
});
