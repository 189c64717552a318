import { unreachable } from '../../../errors.ts';
import type { Log } from '../../../job/context.ts';
import { WATCHDOG } from '../../../job/names.ts';
import type { CloudEvent, RunLine } from '../../../local/events.ts';
import { EVENTS } from '../../../observe/events.ts';
import { NO_PASS } from '../../../run/errors.ts';

/** Whether a line of this level is routine. */
const IS_QUIET: Readonly<Record<keyof Log, boolean>> = { debug: true, info: true, warn: false, error: false };

/** Whether an event only shows that the watchdog runs every minute, or did not run while the cloud was off. */
export function isRoutine(event: CloudEvent): boolean {
  switch (event.kind) {
    case 'fired':
    case 'missed-while-off':
    case 'clock-set-back':
      return event.schedule === WATCHDOG;
    case 'run':
      return event.job === WATCHDOG && event.error === undefined && isQuietRun(event);
    case 'function-failed':
      // The lines of its run have said why.
      return event.job === WATCHDOG && event.error.startsWith(`${NO_PASS}:`);
    case 'job-log':
      return event.job === WATCHDOG && isQuietLevel(event.level);
    case 'dropped':
    case 'undelivered':
    case 'output':
    case 'not-emulated':
    case 'alarm':
    case 'alarm-unsupported':
    case 'alert':
    case 'warning':
    case 'note':
    case 'reloaded':
    case 'reload-failed':
    case 'records-dropped':
    case 'store-refuses':
    case 'store-reopened':
    case 'resent':
    case 'not-resent':
      return false;
    default:
      return unreachable(event);
  }
}

/** Given back without an error, a pass only waits for the one before. */
const isQuietRun = ({ event }: RunLine): boolean => event === 'attempt-given-back' || IS_QUIET[EVENTS[event].level];

const isQuietLevel = (level: string): boolean => level === 'INFO' || level === 'DEBUG';
