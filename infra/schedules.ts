import { type Schedules, schedule } from 'belfry';
import heartbeat from '../functions/heartbeat.ts';
import runDigest from '../functions/run-digest.ts';

/** When the jobs in `functions/` are due. An id names an entry for good: the records of its runs carry it. */
export const schedules: Schedules = {
  heartbeat: schedule(heartbeat, { every: '5 minutes' }),
  'run-digest-mornings': schedule(runDigest, { cron: '30 7 * * mon-fri', timezone: 'Europe/Stockholm' }),
};
