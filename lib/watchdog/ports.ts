import type { Alert } from '../observe/alert.ts';
import type { AlertStore } from '../observe/alert-store.ts';
import type { FieldsOf, WatchdogEvent } from '../observe/events.ts';
import type { RunQueue } from '../run/queue.ts';
import type { RunRecord } from '../run/record.ts';
import type { EpochMs, Milliseconds } from '../units.ts';
import type { Subscriptions, WatchState } from './state.ts';

/** A due time without a run, as it is recorded: as missed, or as skipped by a calendar. */
export interface DueTimeWithoutRun {
  readonly id: string;
  readonly job: string;
  readonly schedule: string;
  readonly scheduledTime: EpochMs;
  readonly at: EpochMs;
  /** How long the record is kept from `at` on. */
  readonly retention: Milliseconds;
  /** The calendar that skips it. Absent: it was missed. */
  readonly calendar?: string;
}

/** A record that this version cannot read: it is damaged, or a later version has written it. */
export interface UnreadableRecord {
  readonly id: string;
  readonly status: 'unreadable';
}

/** A row of the index of open runs. Another version may have written rows of other kinds there. */
export interface OpenRun {
  /** Of a row of another kind, whatever its key has in this place. */
  readonly id: string;
  /** When the run should have gone on; `NaN` where the key does not say it. */
  readonly checkAt: EpochMs;
  /** Its place in the order of rows. */
  readonly position: string;
}

/** What the lengths of a run's attempts follow from. */
export type RunLengths = Pick<RunRecord, 'id' | 'status' | 'leaseUntil' | 'attempts'>;

export interface RecentRuns {
  readonly limit: number;
  /** Of the scheduled time, both included. @default all */
  readonly period?: { readonly from: EpochMs; readonly to: EpochMs };
}

/** The table as the watchdog uses it. */
export interface WatchStore {
  /** Reads one record, consistently. */
  get(runId: string): Promise<RunRecord | UnreadableRecord | undefined>;
  /** Records a due time without a run, unless it has a record. @returns whether it had none */
  recordWithoutRun(dueTime: DueTimeWithoutRun): Promise<boolean>;
  /** Adds a running run to the index of open runs, unless it has an entry or was claimed again since `run` was read. */
  track(run: RunRecord, checkAt: EpochMs): Promise<void>;
  /** Rows of the index of open runs with a `checkAt` up to `until`, in the order of their positions. */
  openRuns(until: EpochMs, after?: string): AsyncIterable<OpenRun>;
  /** Rows of runs that nothing has sent yet, with a `checkAt` up to `until`. */
  dueRuns(until: EpochMs): AsyncIterable<OpenRun>;
  /**
   * Moves a row of `dueRuns`: to those of open runs, once the run is sent, or to a later time. Not of a run that was claimed or
   * has ended since.
   */
  move(runId: string, to: 'open' | 'due', checkAt: EpochMs): Promise<void>;
  /** A job's runs, those of the newest due times first; read page by page as they are asked for. */
  newestRuns(job: string): AsyncIterable<RunLengths | UnreadableRecord>;
  /** The same in full, of a period; not more than a page of the table. */
  recentRecords(job: string, which: RecentRuns): Promise<readonly (RunRecord | UnreadableRecord)[]>;
  loadState(): Promise<WatchState | undefined>;
  /** @throws StaleLookError when another pass has saved its state since this one loaded it */
  saveState(state: WatchState): Promise<void>;
}

/** A schedule as EventBridge has it. */
export interface DeployedSchedule {
  readonly expression: string;
  readonly timezone: string;
  readonly isEnabled: boolean;
  readonly createdAt: EpochMs;
  /** When it was last changed, or else created. */
  readonly changedAt: EpochMs;
}

/** Everything that the watchdog depends on. */
export interface WatchdogPorts {
  readonly store: WatchStore;
  readonly alerts: AlertStore;
  /** Finds the schedule of that name in the deployment's group; `undefined` when there is none. */
  readonly findDeployed: (name: string) => Promise<DeployedSchedule | undefined>;
  /** Counts the subscriptions of the topic of the alerts. Absent where there are none to count: on the embedded cloud. */
  readonly countSubscriptions?: (() => Promise<Subscriptions>) | undefined;
  readonly send: RunQueue['send'];
  /** Sends an alert at once. */
  readonly alert: (alert: Alert) => Promise<void>;
  readonly log: <Event extends WatchdogEvent>(event: Event, fields: FieldsOf<Event>) => void;
  /** Counts missed due times of a job, for the alarm. */
  readonly countMissed: (job: string, count: number) => void;
  /** Counts runs that wait too long, for the alarm. */
  readonly countWaiting: (count: number) => void;
  /** About how many messages a queue of the deployment has, those in flight included; 0 for a queue that does not exist. */
  readonly countMessages: (queue: string) => Promise<number>;
  /** About how many of them nothing has taken yet. */
  readonly countUntaken: (queue: string) => Promise<number>;
  readonly now: () => EpochMs;
  /** A number from 0 up to 1. */
  readonly random: () => number;
}
