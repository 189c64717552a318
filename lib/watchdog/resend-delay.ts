import { isLate } from '../job/trigger.ts';
import type { RunRecord } from '../run/record.ts';
import { type Seconds, seconds } from '../units.ts';
import type { WatchdogPorts } from './ports.ts';

/**
 * The maximum delay, in seconds. As long as the minimum time between two messages for a run: with a shorter one, a job
 * that is due every few minutes may be busy at each of them.
 */
const MAX_DELAY = 120;

/** Whether a catch-up or backfill run has met a busy job: it was claimed and given back before it began. */
export const hasMetBusyJob = ({ status, attempt, trigger }: RunRecord): boolean =>
  status === 'retrying' && attempt === 0 && isLate(trigger);

/** A random delay for the message of a run that has met a busy job. */
export const resendDelay = ({ random }: WatchdogPorts): Seconds => seconds(Math.floor(random() * MAX_DELAY));
