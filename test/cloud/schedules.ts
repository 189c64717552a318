import { type Schedules, schedule } from '../../lib/index.ts';
import probeDue from './functions/probe-due.ts';
import probeGone from './functions/probe-gone.ts';

/** The entries of the suite's app. Its other jobs are asked for by messages. */
export const schedules: Schedules = {
  'probe-due': schedule(probeDue, { every: '1 minute' }),
  'probe-seldom': schedule(probeDue, { cron: '30 7 * * mon-fri', timezone: 'Europe/Stockholm' }),
  'probe-gone': schedule(probeGone, { cron: '0 3 1 1 *', timezone: 'America/New_York' }),
};
