import { formatDuration } from '../../job/duration.ts';
import { HOUR, MINUTE, milliseconds } from '../../units.ts';
import type { Lint } from './subject.ts';

// After a fault of the table or the queue a message is looked at again up to so much later (`recoveryDelay`): a shorter
// lateness loses the run to a fault that has passed.
const ENOUGH = milliseconds(15 * MINUTE);
/** On the day that clocks go forward, in Antarctica/Troll by two hours, what is due daily is due after this. */
const MIN_DAY = 22 * HOUR;

/** A schedule that is rarely due and gives its runs little time to start, as its author wrote: the defaults do not. */
export const lintLateness: Lint = ({ schedule, options, job, dueTimes }) => {
  const { maxLateness } = schedule.policy;
  const isWritten = options.maxLateness !== undefined || job.policy.maxLateness !== undefined;
  if (!isWritten || maxLateness >= ENOUGH) return undefined;
  const shortest = dueTimes.shortestInterval();
  if (shortest !== undefined && shortest < MIN_DAY) return undefined;
  const where = options.maxLateness === undefined ? `, job "${job.name}"` : '';
  const next = shortest === undefined ? '' : `, and the next is due after ${formatDuration(shortest)} at the soonest`;
  return `a run that starts more than ${formatDuration(maxLateness)} late (maxLateness${where}) is skipped${next}; write ${formatDuration(ENOUGH)} or more, leave maxLateness out`;
};
