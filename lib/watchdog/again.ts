import { isLate } from '../job/trigger.ts';
import type { RunRecord } from '../run/record.ts';
import { type Seconds, seconds } from '../units.ts';
import type { WatchdogPorts } from './ports.ts';

/**
 * How far messages for runs that have met a busy job are spread. As wide as the least time between two of them: with
 * less, a job that is due every few minutes may be busy at each.
 */
const WIDEST_DELAY = 120;

/** Claimed, and given back before it began; its message is acknowledged. */
export const hasMetBusyJob = ({ status, attempt, trigger }: RunRecord): boolean =>
  status === 'retrying' && attempt === 0 && isLate(trigger);

/** A moment of chance. */
export const delayAgain = ({ random }: WatchdogPorts): Seconds => seconds(Math.floor(random() * WIDEST_DELAY));
