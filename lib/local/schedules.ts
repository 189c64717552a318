import type { Clock } from '../clock.ts';
import { nextRunAfter } from '../due/next-run.ts';
import { scheduleNames } from '../job/names.ts';
import type { Manifest, ManifestSchedule } from '../manifest.ts';
import { type EpochMs, epochMs } from '../units.ts';
import type { CloudObserver } from './events.ts';
import type { Scheduler, SchedulerObserver } from './scheduler/index.ts';

/** An entry of `infra/schedules.ts` with its next due time. */
export interface DueSchedule extends Pick<ManifestSchedule, 'id' | 'job' | 'source' | 'timezone'> {
  /** Undefined when it is disabled in this stage, when it is over, and when calendars skip all that is ahead. */
  readonly next: EpochMs | undefined;
}

/**
 * The entries of a manifest with the next due time of whichever of their EventBridge schedules is sooner; the first that
 * no calendar skips.
 */
export function dueSchedules({ schedules }: Pick<Manifest, 'schedules'>, scheduler: Scheduler): readonly DueSchedule[] {
  const next = new Map(scheduler.nextDueTimes().map((each) => [each.name, each.next]));
  return schedules.map((schedule) => {
    const { id, job, source, timezone, expressions } = schedule;
    const times = scheduleNames(id, expressions.length).flatMap((name) => next.get(name) ?? []);
    const before = epochMs(Math.min(...times) - 1);
    return { id, job, source, timezone, next: times.length === 0 ? undefined : nextRunAfter(schedule, before) };
  });
}

/** Tells what the scheduler does in the words of entries. */
export function observeScheduler(observe: CloudObserver, clock: Clock): SchedulerObserver {
  const undelivered = (name: string, reason: string) =>
    observe({ kind: 'undelivered', at: clock.now(), schedule: entryOf(name), reason });
  return {
    onFired: ({ schedule, scheduledTime }) =>
      observe({ kind: 'fired', at: clock.now(), schedule: entryOf(schedule.name), scheduledTime }),
    onDropped({ schedule, scheduledTime, reason }) {
      if (reason !== 'requested') return undelivered(schedule.name, reason);
      observe({ kind: 'dropped', at: clock.now(), schedule: entryOf(schedule.name), scheduledTime });
    },
    onDeadLettered: ({ schedule, error }) =>
      undelivered(schedule.name, `${String(error)}; its letter lies in the delivery queue`),
    onMissedWhileOff(schedule, times) {
      const latest = times.at(-1);
      if (latest === undefined) return;
      observe({
        kind: 'missed-while-off',
        at: clock.now(),
        schedule: entryOf(schedule.name),
        count: times.length,
        latest,
      });
    },
    onClockSetBack: ({ name }, until) =>
      observe({ kind: 'clock-set-back', at: clock.now(), schedule: entryOf(name), until }),
    onMarksNotSaved: (error) =>
      undelivered('all schedules', `how far they have come cannot be saved: ${String(error)}`),
  };
}

/** The id of the entry that a schedule belongs to. A second one has its entry's id with a suffix that no id can have. */
export const entryOf = (name: string): string => name.replace(/_\d+$/, '');
