import { type EpochMs, epochMs } from '../units.ts';
import type { Gap, WatchedMinutes } from './watched-minutes.ts';

/**
 * What one pass leaves for the next. It is stored as JSON: the field names of all types in this file are stored names
 * and cannot change.
 */
export interface WatchState {
  /** Rises by one with each save. */
  readonly version: number;
  /** When the pass that saved it began. */
  readonly lookedAt: EpochMs;
  readonly watched: WatchedMinutes;
  readonly sweep: RescueProgress;
  /** The tracked schedules, by id. */
  readonly schedules: Readonly<Record<string, ScheduleState>>;
  /** The schedules that EventBridge does not have as the app declares them, by id. */
  readonly waiting: Readonly<Record<string, WaitingState>>;
  /** Missed due times that are to be caught up, the oldest first. */
  readonly catchUps: readonly CatchUp[];
  readonly checks: ChecksState;
  /** Who receives alerts. Absent before it was asked, and where it cannot be known. */
  readonly subscriptions?: SubscriptionState;
}

/** The last time of each check that not every pass makes: when its pass was due. */
export interface ChecksState {
  /** Of all dead-letter queues. */
  readonly deadLettersDueAt: EpochMs;
  /** Of how long runs take. */
  readonly slowDueAt: EpochMs;
  /** The runs that it has reported after their end: the next check may find them once more. */
  readonly slowRuns: readonly string[];
}

/** How far the rescue of open runs has read the index. A reading of very many rows takes several passes. */
export interface RescueProgress {
  /** When the last reading began, and this one: runs are sent whose turn came in between. */
  readonly since: EpochMs;
  readonly until: EpochMs;
  /** The position of the last row read. Absent when the reading is complete. */
  readonly after?: string;
  /** The jobs that have more rows than a pass sends, or a queue with messages in it, by name. */
  readonly behind?: Readonly<Record<string, JobProgress>>;
}

/** How far the rescue is with the rows of one job. */
export interface JobProgress {
  /** Rows are sent whose turn came in between. Without an end: up to the pass that goes on. */
  readonly since: EpochMs;
  readonly until?: EpochMs;
  /** The position of its last row that has had its turn. Absent before the first. */
  readonly after?: string;
}

/** A tracked schedule: from when on, and how far, its due times are expected and checked. */
export interface ScheduleState {
  /** What its due times and run ids follow from: job, expressions, zone and daylight-saving choice, as text. */
  readonly definition: string;
  /** From when on a due time without a run is a missed one. */
  readonly expectedFrom: EpochMs;
  /** Due times up to here are checked. */
  readonly checkedUntil: EpochMs;
  /** When EventBridge had it changed or disabled: later due times follow from the new definition. Absent until then. */
  readonly lastUntil?: EpochMs;
  /** Periods in which EventBridge had another definition, or had it disabled. Due times in them are not expected. */
  readonly pauses?: readonly Gap[];
}

/** A schedule that EventBridge does not have as the app declares it. */
export interface WaitingState {
  readonly since: EpochMs;
}

/** How many subscriptions the topic of the alerts has. */
export interface SubscriptionState {
  /** When SNS was last asked, whether it answered or not. */
  readonly askedAt: EpochMs;
  /** The last answer. Absent when SNS has not answered yet. */
  readonly found?: Subscriptions;
  /** When it gave that answer. Absent without one, and from an answer that an earlier version has stored. */
  readonly foundAt?: EpochMs;
  /** The topic of the stage's mails, where it has one: the answer is about that one, and not about another. */
  readonly mailTopic?: string;
}

/** Of a topic. A pending one has not been confirmed, and SNS deletes it after 48 hours. */
export interface Subscriptions {
  readonly confirmed: number;
  readonly pending: number;
}

/** A missed due time that is to be caught up. */
export interface CatchUp {
  readonly run: string;
  /** Absent until it is sent. 0 when sending failed: the message may have arrived all the same, and is sent again. */
  readonly sentAt?: EpochMs;
}

/** The state before the first pass. */
export const FIRST_STATE: WatchState = {
  version: 0,
  lookedAt: epochMs(0),
  watched: { until: epochMs(0), gaps: [] },
  sweep: { since: epochMs(0), until: epochMs(0) },
  schedules: {},
  waiting: {},
  catchUps: [],
  checks: { deadLettersDueAt: epochMs(0), slowDueAt: epochMs(0), slowRuns: [] },
};
