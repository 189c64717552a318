import type { EpochMs } from '../units.ts';
import type { Alert, AlertKind } from './alert.ts';

/**
 * One cause of alerts that is not over. While it is open its repetitions are counted and not reported. Field names are
 * stored names.
 */
export interface Story {
  /** `failed:report`. */
  readonly key: string;
  readonly kind: AlertKind;
  readonly job?: string;
  /** The run that it was last seen with. */
  readonly run?: string;
  /** Of the alert that began it, with the stage. */
  readonly subject: string;
  readonly since: EpochMs;
  /** When it was last seen. */
  readonly lastAt: EpochMs;
  /** How often it was seen. */
  readonly count: number;
  /** When its last alert was made: the one that began it, or a reminder. */
  readonly alertedAt: EpochMs;
  /** Rises by one with each change. */
  readonly version: number;
}

/** What {@link AlertStore.open} has come to: this story, or the one that was open before. */
export interface OpenedStory {
  readonly isNew: boolean;
  readonly story: Story;
}

/** An alert that may not have been sent yet. */
export interface PendingAlert {
  /** With `at` its identity: put twice, it is one. */
  readonly id: string;
  readonly at: EpochMs;
  /** From when on the watchdog sends it: until then its own sender does. */
  readonly readyAt: EpochMs;
  readonly alert: Alert;
}

/** Who may send at once is limited: an e-mail subscription that gets more than 10 mails a second is deactivated by SNS. */
export const PLACES_A_MINUTE = 3;

/**
 * Stories and pending alerts. An alert is put before its story is opened and removed once it is sent, so that a process that dies
 * in between leaves it to the watchdog: at worst it is sent twice.
 */
export interface AlertStore {
  /** The open stories, read consistently. */
  stories(): Promise<readonly Story[]>;
  /** Opens a story, unless one of its key is open. Opened once more by the same writer, it is new again. */
  open(story: Story): Promise<OpenedStory>;
  /**
   * Changes an open story.
   *
   * @returns whether it was done: not when it was changed or closed since it was read
   */
  change(before: Story, after: Omit<Story, 'version'>): Promise<boolean>;
  /** @returns whether it is closed: not when it was changed since it was read */
  close(story: Story): Promise<boolean>;
  /** Keeps an alert until it is removed, for 30 days at most. */
  put(pending: PendingAlert): Promise<void>;
  /** Leaves an alert to the watchdog, from `readyAt` on. One that was removed stays removed. */
  leave(pending: PendingAlert, readyAt: EpochMs): Promise<void>;
  remove(pending: PendingAlert): Promise<void>;
  /** Pending alerts, the oldest first, read consistently. */
  pending(limit: number): Promise<readonly PendingAlert[]>;
  /** Takes one of the places of a minute, which begins with the first that is taken. @returns whether there was one */
  takePlace(now: EpochMs): Promise<boolean>;
}
