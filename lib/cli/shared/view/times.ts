import { DAY, type EpochMs, HOUR, MINUTE, SECOND, toIso } from '../../../units.ts';

const UNITS = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
  ['second', SECOND],
] as const;

/** A length of time in its largest unit: `12 ms`, `3.4 s`, `2 minutes`. */
export function shortLength(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 2 * MINUTE) return `${(ms / SECOND).toFixed(1)} s`;
  const [unit, size] = UNITS.find(([, each]) => ms >= 2 * each) ?? ['second', SECOND];
  return `${Math.round(ms / size)} ${unit}s`;
}

/** How far away an instant is: `in 4 minutes`, `12.0 s ago`. */
export function distance(instant: EpochMs, now: EpochMs): string {
  const ms = instant - now;
  return ms >= 0 ? `in ${shortLength(ms)}` : `${shortLength(-ms)} ago`;
}

/** The time of day on this machine's clock, to the second. */
export const timeOfDay = (instant: EpochMs): string => new Date(instant).toTimeString().slice(0, 8);

/** The minute on this machine's clock, `02:00`; with its date where that is not today's, `2027-03-01 02:00`. */
export function minuteOfDay(instant: EpochMs, now: EpochMs): string {
  const time = timeOfDay(instant).slice(0, 5);
  const [day, today] = [instant, now].map((each) => new Intl.DateTimeFormat('sv-SE').format(each));
  return day === today ? time : `${day} ${time}`;
}

/** A minute in UTC: `2027-03-27T01:30Z`. */
export const utcMinute = (instant: EpochMs): string => `${toIso(instant).slice(0, 16)}Z`;

/** A date and time in a zone, to the minute: `Tue 2026-11-24 07:30`. */
export function localMinute(instant: EpochMs, timezone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('weekday')} ${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}`;
}
