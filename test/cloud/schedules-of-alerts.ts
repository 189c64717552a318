import { type Schedules, schedule } from 'belfry';
import probeFail from './functions/probe-fail.ts';

/** The entry of an app whose stage sends its alerts to a channel. */
export const schedules: Schedules = { 'probe-fail': schedule(probeFail, { cron: '0 3 1 1 *' }) };
