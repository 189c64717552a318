import type { Clock } from '../clock.ts';
import { nextRunAfter } from '../due/next-run.ts';
import type { Manifest, ManifestSchedule } from '../manifest.ts';
import { type EpochMs, epochMs } from '../units.ts';
import type { CloudObserver } from './events.ts';
import { parseObject } from './parse-object.ts';
import type { Scheduler, SchedulerObserver, StoredSchedule } from './scheduler/index.ts';

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
  const known = scheduler.nextDueTimes().map((each) => ({ entry: entryOf(each), next: each.next }));
  return schedules.map((schedule) => {
    const { id, job, source, timezone } = schedule;
    const times = known.flatMap(({ entry, next }) => (entry === id ? (next ?? []) : []));
    const before = epochMs(Math.min(...times) - 1);
    return { id, job, source, timezone, next: times.length === 0 ? undefined : nextRunAfter(schedule, before) };
  });
}

/** Tells what the scheduler does in the words of entries. */
export function observeScheduler(observe: CloudObserver, clock: Clock): SchedulerObserver {
  const undelivered = (schedule: string, reason: string) =>
    observe({ kind: 'undelivered', at: clock.now(), schedule, reason });
  const entryOfStored = ({ name, target }: StoredSchedule) => entryOf({ name, input: target.input });
  return {
    onFired: ({ schedule, scheduledTime }) =>
      observe({ kind: 'fired', at: clock.now(), schedule: entryOfStored(schedule), scheduledTime }),
    onDropped({ schedule, scheduledTime, reason }) {
      if (reason !== 'requested') return undelivered(entryOfStored(schedule), reason);
      observe({ kind: 'dropped', at: clock.now(), schedule: entryOfStored(schedule), scheduledTime });
    },
    onDeadLettered: ({ schedule, error }) =>
      undelivered(entryOfStored(schedule), `${String(error)}; its dead letter lies in the delivery queue`),
    onMissedWhileOff(schedule, times) {
      const latest = times.at(-1);
      if (latest === undefined) return;
      observe({
        kind: 'missed-while-off',
        at: clock.now(),
        schedule: entryOfStored(schedule),
        count: times.length,
        latest,
      });
    },
    onClockSetBack: (schedule, until) =>
      observe({ kind: 'clock-set-back', at: clock.now(), schedule: entryOfStored(schedule), until }),
    onMarksNotSaved: (error) =>
      undelivered('all schedules', `how far they have come cannot be saved: ${String(error)}`),
  };
}

/** The id of the entry that a schedule of EventBridge belongs to, from the message that it sends; its name where it sends another. */
export function entryOf({ name, input }: { readonly name: string; readonly input?: string | undefined }): string {
  const entry = parseObject(input ?? '')?.schedule;
  return typeof entry === 'string' ? entry : name;
}
