import type { AlertedEvent } from './events.ts';

/** What an alert says has happened. */
const PHRASES: Readonly<Record<AlertedEvent, string>> = {
  'run-failed': 'failed',
  'run-missed': 'missed',
  'run-came-too-late': 'missed',
  'schedule-not-deployed': 'not deployed as the app says',
};

/** The first line of an alert: `[prod] report failed: TypeError: no connection`. @param subject what it has happened to */
export const headline = (stage: string, event: AlertedEvent, detail: string, subject?: string): string =>
  `[${stage}] ${subject === undefined ? '' : `${subject} `}${PHRASES[event]}: ${detail}`;
