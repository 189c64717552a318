import type { EpochMs } from '../../units.ts';
import type { StoredSchedule } from './model.ts';

/** Where schedules deliver to: queues, by ARN. */
export interface Target {
  /**
   * Delivers one message, with attributes of type String.
   *
   * @throws PermanentDeliveryError when no later attempt could succeed, such as when the queue does not exist; any
   * other error is tried again
   */
  send(arn: string, body: string, attributes: Readonly<Record<string, string>>): Promise<void>;
}

/** What outlives the scheduler's process. */
export interface SavedMarks {
  /** How far each schedule has come. The keys are opaque. */
  readonly marks: Readonly<Record<string, EpochMs>>;
  /**
   * The scheduler may have fired what was due until then, and nothing later: while it runs up to a minute ahead, after a
   * clean stop the instant of that. Absent: it never ran, or kept no such instant.
   */
  readonly onUntil?: EpochMs | undefined;
}

/** Keeps how far each schedule has come, over restarts. */
export interface Marks {
  load(): Promise<SavedMarks>;
  /** Replaces everything saved before. Never called twice at once. */
  save(saved: SavedMarks): Promise<void>;
}

/** A due time of a schedule. */
export interface Fire {
  readonly schedule: StoredSchedule;
  readonly scheduledTime: EpochMs;
}

/** Why a due time reached no queue at all. */
export type DropReason = 'requested' | 'no-dead-letter-queue' | 'dead-letter-queue-failed';

/** What somebody outside may want to know. Every method is optional and must not throw. */
export interface SchedulerObserver {
  /** A message was delivered, at this attempt. Called once for each copy. */
  onFired?(fire: Fire & { readonly attempt: number }): void;
  /** A due time reached no queue. */
  onDropped?(fire: Fire & { readonly reason: DropReason; readonly error?: unknown }): void;
  /** A message could not be delivered and was sent to the schedule's dead-letter queue. */
  onDeadLettered?(fire: Fire & { readonly attempts: number; readonly error: unknown }): void;
  /**
   * Due times that EventBridge would have fired, and that passed here without firing: while the process was off or
   * asleep, or while firing was held. Ascending, at most those of the last 31 days.
   */
  onMissedWhileOff?(schedule: StoredSchedule, times: readonly EpochMs[]): void;
  /**
   * The clock was ahead, and was set back: a schedule had been handled until an instant that is still to come. It counts
   * from now again. What was fired or reported before its time is fired once more when it is due.
   */
  onClockSetBack?(schedule: StoredSchedule, handledUntil: EpochMs): void;
  /** The marks could not be saved. They are tried again with the next change. */
  onMarksNotSaved?(error: unknown): void;
}
