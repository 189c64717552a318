import { type Schedules, schedule } from 'belfry';
import probeDue from './functions/probe-due.ts';
import probeToken from './functions/probe-token.ts';

/** The entries of an app that is deployed several times beside itself: one takes two schedules, one is of a group. */
export const schedules: Schedules = {
  'either-day': schedule(probeToken, { cron: '0 3 1 * mon' }),
  'of-a-group': schedule(probeDue, { cron: '0 4 * * *' }),
};
