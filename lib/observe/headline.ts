import type { RunEvent } from '../run/events.ts';
import type { AlertedEvent, WatchdogEvent } from './events.ts';

// Two tables: a job's function has the first only.
type Phrases<Event> = Readonly<Record<AlertedEvent & Event, string>>;

/** What the alert of a job's function says has happened. */
export const FUNCTION_PHRASES: Phrases<RunEvent['event']> = { 'run-failed': 'failed' };

/** What the watchdog's alerts say has happened. */
export const WATCHDOG_PHRASES: Phrases<WatchdogEvent> = {
  'run-missed': 'missed',
  'run-came-too-late': 'missed',
  'schedule-not-deployed': 'not deployed as the app says',
  'schedule-disabled': 'disabled by hand in EventBridge',
};

/** The first line of an alert: `[prod] report failed: TypeError: no connection`. @param subject what it has happened to */
export const headline = (stage: string, phrase: string, detail: string, subject?: string): string =>
  `[${stage}] ${subject === undefined ? '' : `${subject} `}${phrase}: ${detail}`;
