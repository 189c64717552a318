import { type EpochMs, epochMs } from '../../units.ts';
import { dueTimesOf } from '../scheduler/due-times.ts';
import type { ScheduleSettings, StoredSchedule } from '../scheduler/model.ts';
import { isRate } from '../scheduler/rate.ts';

/** A definition that a look has found, and what is known of the time before. */
export interface Finding {
  readonly settings: ScheduleSettings;
  readonly createdAt: EpochMs | undefined;
  readonly modifiedAt: EpochMs | undefined;
  /** The definition that was fired until now. */
  readonly before: StoredSchedule | undefined;
  /** When the last look began: what is otherwise now was changed after it. At the first look, that look itself. */
  readonly since: EpochMs;
  readonly now: EpochMs;
}

/**
 * Which due times count, and what a rate counts from, for a change that is seen only some time after it was made.
 *
 * Those after the change count, but for one that the earlier definition was fired for meanwhile. A schedule that the
 * last look should have seen, since it is older, counts from that look: an emulator that starts again shows its
 * schedules one after the other. A rate goes on undisturbed unless its expression or StartDate changes.
 */
export function countingFrom(finding: Finding): Pick<StoredSchedule, 'anchor' | 'dueAfter'> {
  const { settings, createdAt, modifiedAt, since, now } = finding;
  const changedAt = between(since, modifiedAt ?? createdAt ?? since, now);
  const firedUntil = lastDueTime(finding.before, changedAt, now) ?? changedAt;
  if (settings.startsAt !== undefined) return { anchor: settings.startsAt, dueAfter: firedUntil };
  const isRecreated = createdAt !== undefined && createdAt !== finding.before?.createdAt;
  const before = isRecreated ? undefined : finding.before;
  if (before !== undefined && goesOn(before, settings)) return { anchor: before.anchor, dueAfter: firedUntil };

  const activatedAt = epochMs(Math.min((before === undefined ? createdAt : modifiedAt) ?? now, now));
  // Whole seconds, since scheduled times are told in seconds.
  const anchor = epochMs(Math.floor(activatedAt / 1000) * 1000);
  const isDueAtOnce = isRate(settings.expression) && activatedAt > since;
  return { anchor, dueAfter: isDueAtOnce ? epochMs(anchor - 1) : firedUntil };
}

const goesOn = (before: StoredSchedule, { expression }: ScheduleSettings): boolean =>
  before.isEnabled && before.expression === expression && before.startsAt === undefined;

function lastDueTime(schedule: StoredSchedule | undefined, from: EpochMs, to: EpochMs): EpochMs | undefined {
  if (schedule?.isEnabled !== true) return undefined;
  return [...dueTimesOf(schedule).between(from, to)].at(-1);
}

const between = (earliest: EpochMs, instant: EpochMs, latest: EpochMs): EpochMs =>
  epochMs(Math.min(Math.max(earliest, instant), latest));
