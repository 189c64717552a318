import { defineJob } from 'belfry';

/**
 * Proves that the whole path is alive: schedule, queue, function, records.
 *
 * With `HEARTBEAT_URL` set in `infra/access.ts` it also tells a watcher outside the account, such as
 * Healthchecks.io or Cronitor, which raises the alarm when the calls stop.
 */
export default defineJob('heartbeat', {
  timeout: '20 seconds',
  async run(_input, { run, log, signal }) {
    const url = process.env.HEARTBEAT_URL;
    if (url === undefined) return { alive: true };

    const response = await fetch(url, { method: 'POST', body: run.id, signal });
    if (!response.ok) throw new Error(`the watcher answered ${response.status}`);
    log.info('watcher told', { status: response.status });
    return { alive: true, watcher: response.status };
  },
});
