import { type Schedules, schedule } from 'belfry';
import probeDue from './functions/probe-due.ts';
import probeGone from './functions/probe-gone.ts';
import probeWatch from './functions/probe-watch.ts';

/** The entries of the suite's app. Its other jobs are asked for by messages. */
export const schedules: Schedules = {
  'probe-due': schedule(probeDue, { every: '1 minute' }),
  'probe-seldom': schedule(probeDue, { cron: '30 7 * * mon-fri', timezone: 'Europe/Stockholm' }),
  'probe-gone': schedule(probeGone, { cron: '0 3 1 1 *', timezone: 'America/New_York' }),
  // Two that checks take away for a while, and one whose due times no day of its calendar has.
  'probe-watch': schedule(probeWatch, { every: '1 minute' }),
  'probe-made-up': schedule(probeWatch, { every: '1 minute', catchUp: 'latest' }),
  'probe-skipped': schedule(probeWatch, { every: '1 minute', only: '2099-01-01' }),
};
