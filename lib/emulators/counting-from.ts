import type { ScheduleSettings, StoredSchedule } from '../local/scheduler/model.ts';
import { isRate } from '../local/scheduler/rate.ts';
import { type EpochMs, epochMs } from '../units.ts';

/** A definition that a look has found, and what is known of the time before. */
export interface Finding {
  readonly settings: ScheduleSettings;
  readonly createdAt: EpochMs | undefined;
  readonly modifiedAt: EpochMs | undefined;
  /** The definition that was fired until now. */
  readonly before: StoredSchedule | undefined;
  /** When the last look that could read it began: what is otherwise now was changed after it. At first, this look. */
  readonly since: EpochMs;
  readonly now: EpochMs;
}

/**
 * Which due times count, and what a rate counts from, for a change that is seen only some time after it was made.
 *
 * All after the change count. The engine leaves out exactly those that it has taken meanwhile by the earlier definition,
 * and reports those that are too old to be fired. A schedule that the last look should have seen, since it is older,
 * counts from that look: an emulator that starts again shows its schedules one after the other. A rate goes on
 * undisturbed unless its expression or StartDate changes.
 */
export function countingFrom(finding: Finding): Pick<StoredSchedule, 'anchor' | 'dueAfter'> {
  const { settings, createdAt, modifiedAt, since, now } = finding;
  const changedAt = between(since, modifiedAt ?? createdAt ?? since, now);
  if (settings.startsAt !== undefined) return { anchor: settings.startsAt, dueAfter: changedAt };
  const isRecreated = createdAt !== undefined && createdAt !== finding.before?.createdAt;
  const before = isRecreated ? undefined : finding.before;
  if (before !== undefined && goesOn(before, settings)) return { anchor: before.anchor, dueAfter: changedAt };

  const activatedAt = epochMs(Math.min((before === undefined ? createdAt : modifiedAt) ?? now, now));
  // Whole seconds, since scheduled times are told in seconds.
  const anchor = epochMs(Math.floor(activatedAt / 1000) * 1000);
  const isDueAtOnce = isRate(settings.expression) && activatedAt > since;
  return { anchor, dueAfter: isDueAtOnce ? epochMs(anchor - 1) : changedAt };
}

const goesOn = (before: StoredSchedule, { expression }: ScheduleSettings): boolean =>
  before.isEnabled && before.expression === expression && before.startsAt === undefined;

const between = (earliest: EpochMs, instant: EpochMs, latest: EpochMs): EpochMs =>
  epochMs(Math.min(Math.max(earliest, instant), latest));
