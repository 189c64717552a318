import type { Belfry } from 'belfry/cdk';
import runDigest from '../functions/run-digest.ts';

/** What jobs may touch, and the variables they have. A job starts with nothing but its own queue, records and log. */
export default (belfry: Belfry): void => {
  belfry.defaults({ environment: { LOG_LEVEL: 'info' } });
  belfry.job(runDigest).readsRuns();

  // To hear of it when the whole deployment goes silent, have a watcher outside the account expect a call every 5 minutes:
  // belfry.job(heartbeat).environment({ HEARTBEAT_URL: 'https://hc-ping.com/…' });
};
