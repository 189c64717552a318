import { WATCHDOG } from '../../../job/names.ts';
import type { CloudEvent, RunLine } from '../../../local/events.ts';

/** What goes wrong with a run, and is told of the watchdog, too. */
const TROUBLE: ReadonlySet<RunLine['event']> = new Set([
  'attempt-failed',
  'run-failed',
  'lease-lost',
  'infrastructure-failed',
]);

/** Log levels at which nobody need look. */
const QUIET = new Set(['DEBUG', 'INFO']);

/** Whether an event only says that the watchdog goes its rounds, every minute, or did not while nothing ran. */
export function isRoutine(event: CloudEvent): boolean {
  switch (event.kind) {
    case 'fired':
    case 'missed-while-off':
    case 'clock-set-back':
      return event.schedule === WATCHDOG;
    case 'run':
      return event.job === WATCHDOG && !TROUBLE.has(event.event) && event.error === undefined;
    case 'job-log':
      return event.job === WATCHDOG && QUIET.has(event.level);
    default:
      return false;
  }
}
