import { localText } from '../cron/index.ts';
import { toLocal, type Zone } from '../cron/zone.ts';
import { readZone } from '../cron/zone-name.ts';
import { DAY, type EpochMs, epochMs, milliseconds, plus } from '../units.ts';
import { calendarOfDate } from './calendar-days.ts';
import { type OccurrencesOf, occurrencesBetween } from './occurrences.ts';

/** How far ahead is looked: past any leap day, and no further than a moment's work. */
const HORIZON = milliseconds(9 * 366 * DAY);

/** The first due time after an instant that no calendar skips; undefined when there is none in nine years. */
export function nextRunAfter(schedule: OccurrencesOf, after: EpochMs): EpochMs | undefined {
  const zone = readZone(schedule.timezone);
  const end = plus(after, HORIZON);
  let from = after;
  while (from < end) {
    const [due] = occurrencesBetween(schedule, from, end);
    if (due?.calendar === undefined) return due?.scheduledTime;
    // Whole days are passed over at once: who is due every minute would be asked about half a million times a year.
    const day = nextDayThatRuns(schedule, Math.floor(toLocal(zone, due.scheduledTime) / DAY) + 1, end);
    from = epochMs(Math.max(due.scheduledTime, startOfDay(zone, day) - 1));
  }
  return undefined;
}

/** The first local day, counted from 1970-01-01, that no calendar skips; one after the end when all are skipped. */
function nextDayThatRuns({ policy }: OccurrencesOf, first: number, end: EpochMs): number {
  let day = first;
  while (day * DAY <= end + DAY && calendarOfDate(dateText(day), policy) !== undefined) day++;
  return day;
}

const dateText = (day: number): string => localText(milliseconds(day * DAY)).slice(0, 'yyyy-mm-dd'.length);

/** Where clocks skip midnight, not after the first minute of the day. */
function startOfDay(zone: Zone, day: number): EpochMs {
  const midnight = milliseconds(day * DAY);
  return zone.instantsOf(midnight)[0] ?? epochMs(midnight - zone.spanAt(epochMs(midnight + DAY)).offset);
}
