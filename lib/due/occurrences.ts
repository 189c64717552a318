import { readEventBridge, type Timetable } from '../cron/index.ts';
import { toLocal } from '../cron/zone.ts';
import { readZone } from '../cron/zone-name.ts';
import { runsAfterGap, type SchedulePolicy } from '../job/schedule-policy.ts';
import { mergeAscending } from '../merge-ascending.ts';
import { DAY, type EpochMs, epochMs, MINUTE } from '../units.ts';
import { calendarThatSkips } from './calendar-days.ts';

/** A due time of a schedule, and what is to become of it. */
export interface Occurrence {
  readonly scheduledTime: EpochMs;
  /** Whether EventBridge has none there, because clocks skip it, and the watchdog starts the run after the gap. */
  readonly isAfterGap: boolean;
  /** The calendar by which it is skipped; absent when it runs. */
  readonly calendar?: string;
}

export interface OccurrencesOf {
  readonly expressions: readonly string[];
  readonly timezone: string;
  readonly policy: Pick<SchedulePolicy, 'dst' | 'except' | 'only'>;
}

/**
 * All due times of a schedule in (from, to], ascending, each once, those included that its calendars skip.
 *
 * @throws InvalidExpressionError for expressions or a zone that synth would have refused
 */
export function* occurrencesBetween(schedule: OccurrencesOf, from: EpochMs, to: EpochMs): Generator<Occurrence> {
  const timetables = timetablesOf(schedule);
  const dueTimes = timetables.map((timetable) => timetable.between(from, to));
  const gapEnds = runsAfterGap(schedule.policy) ? timetables.map((each) => afterGaps(each, from, to)) : [];
  const zone = readZone(schedule.timezone);
  let [previous, day, calendar]: [EpochMs?, number?, string?] = [];
  for (const { value: time, source } of mergeAscending([...dueTimes, ...gapEnds], (each) => each)) {
    if (time === previous) continue;
    previous = time;
    const dayOfTime = Math.floor(toLocal(zone, time) / DAY);
    // Of a day that calendars pick, all is skipped or nothing is: who is due every minute asks once.
    if (dayOfTime !== day) [day, calendar] = [dayOfTime, calendarThatSkips(time, schedule.timezone, schedule.policy)];
    yield {
      scheduledTime: time,
      isAfterGap: source >= dueTimes.length,
      ...(calendar === undefined ? {} : { calendar }),
    };
  }
}

const known = new WeakMap<OccurrencesOf, readonly Timetable[]>();

/** Read once: the watchdog asks for the same schedules every minute. */
function timetablesOf(schedule: OccurrencesOf): readonly Timetable[] {
  const timetables =
    known.get(schedule) ?? schedule.expressions.map((each) => readEventBridge(each, schedule.timezone));
  known.set(schedule, timetables);
  return timetables;
}

/** The minute at which clocks go on after skipping due times, once for each gap. */
function* afterGaps(timetable: Timetable, from: EpochMs, to: EpochMs): Generator<EpochMs> {
  for (const { kind, at } of timetable.touchedChanges(from, to)) {
    const minute = epochMs(Math.ceil(at / MINUTE) * MINUTE);
    if (kind === 'gap' && minute <= to) yield minute;
  }
}
