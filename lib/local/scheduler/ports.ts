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

/** Keeps how far each schedule has come, over restarts. The keys are opaque. */
export interface Marks {
  load(): Promise<Readonly<Record<string, EpochMs>>>;
  /** Replaces everything saved before. Never called twice at once. */
  save(marks: Readonly<Record<string, EpochMs>>): Promise<void>;
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
   * asleep, or while firing was held. Ascending, at most those of the last 31 days. After an unclean end they may
   * include some that were delivered just before it, never leave one out.
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
