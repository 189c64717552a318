import { localText } from '../../cron/index.ts';
import { type EpochMs, type Milliseconds, milliseconds } from '../../units.ts';

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** `2027-03-28` */
export const dateOf = (local: Milliseconds): string => localText(local).slice(0, 10);

/** `02:30` */
export const timeOf = (local: Milliseconds): string => localText(local).slice(11);

/** `Sun 2027-03-28` */
export const describeDate = (local: Milliseconds): string =>
  `${WEEKDAYS[new Date(local).getUTCDay()]} ${dateOf(local)}`;

/** The last of days and ranges, `2027-12-24`; an empty text for none. */
export const lastDayOf = (days: readonly string[]): string =>
  days.map((each) => each.slice(-DATE_LENGTH)).reduce((one, other) => (one > other ? one : other), '');

const DATE_LENGTH = 'yyyy-mm-dd'.length;

/** `Mon 2027-03-01 02:00 UTC` */
export function describeInstant(instant: EpochMs): string {
  const utc = milliseconds(instant);
  return `${describeDate(utc)} ${timeOf(utc)} UTC`;
}
