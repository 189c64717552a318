import type { AlertMessage } from '../job/context.ts';
import type { ManifestSchedule } from '../manifest.ts';
import type { RunRecord } from '../run/record.ts';
import type { EpochMs, Milliseconds, Seconds } from '../units.ts';
import type { Gap, WatchedMinutes } from './watched-minutes.ts';

/** What the watchdog knows of a schedule, whether or not it is on in this stage. */
export interface WatchedSchedule
  extends Pick<ManifestSchedule, 'id' | 'job' | 'expressions' | 'timezone' | 'input' | 'enabled' | 'policy'> {
  /** Its last due time was past at synth, which has left it out of EventBridge. */
  readonly isOver?: boolean;
}

/** What synth tells the watchdog of the app. JSON: it stands in its bundle. */
export interface WatchdogPlan {
  /** How long after a due time its record must be there. */
  readonly grace: Milliseconds;
  /** EventBridge's group, and the prefix of every name. */
  readonly prefix: string;
  readonly schedules: readonly WatchedSchedule[];
  /** By name; the watchdog itself included. */
  readonly jobs: Readonly<Record<string, { readonly queue: string; readonly retention: Milliseconds }>>;
}

/** A due time without a run, as it is recorded. */
export interface Unrun {
  readonly id: string;
  readonly job: string;
  readonly schedule: string;
  readonly scheduledTime: EpochMs;
  readonly at: EpochMs;
  /** How long the record is kept from `at` on. */
  readonly retention: Milliseconds;
  /** Absent: the due time was missed. */
  readonly calendar?: string;
}

/** A row of the index of open runs. */
export interface OpenRun {
  readonly id: string;
  /** From when on somebody should look at it. */
  readonly checkAt: EpochMs;
  /** Its place in the order of rows. */
  readonly position: string;
}

/** What one look leaves for the next. */
export interface WatchState {
  /** Rises with each look that is done. */
  readonly version: number;
  readonly lookedAt: EpochMs;
  readonly watched: WatchedMinutes;
  readonly sweep: SweepState;
  /** Of the schedules whose due times are expected, by id. */
  readonly schedules: Readonly<Record<string, ScheduleState>>;
  /** Of those that EventBridge does not have as the app says, by id. */
  readonly waiting: Readonly<Record<string, WaitingState>>;
  /** Missed due times that are to be made up for, the oldest first. */
  readonly catchUps: readonly CatchUp[];
  /** Missed due times of which no alert could be sent yet. */
  readonly untold: readonly Untold[];
}

/** How far a pass over the index of open runs has come. */
export interface SweepState {
  /** When the pass before began, and this one: runs are sent whose turn came in between. */
  readonly since: EpochMs;
  readonly until: EpochMs;
  /** The position of the last row looked at, of a pass that is not at its end. */
  readonly after?: string;
}

export interface Untold {
  readonly run: string;
  readonly why: string;
  /** Whether its message came after all, too late to be run. */
  readonly isTooLate: boolean;
  /** Whether somebody had disabled the schedule in EventBridge. */
  readonly isPutOff: boolean;
}

export interface ScheduleState {
  /** What its due times and run ids follow from: job, expressions, zone and daylight-saving choice, as text. */
  readonly definition: string;
  /** From when on a due time without a run is one that was missed. */
  readonly expectedFrom: EpochMs;
  /** Due times up to here are done with. */
  readonly checkedUntil: EpochMs;
  /** When EventBridge had it changed or put off: later due times are those of its successor. Absent while it stands. */
  readonly lastUntil?: EpochMs;
  /** Times in which EventBridge had something else, for a while. Due times in them are not expected. */
  readonly pauses?: readonly Gap[];
}

export interface WaitingState {
  readonly since: EpochMs;
  /** Whether people have been told that it takes long. */
  readonly isTold: boolean;
}

export interface CatchUp {
  readonly run: string;
  /** Absent until it is sent; 0 when that failed: it may have arrived all the same, and is sent again. */
  readonly sentAt?: EpochMs;
}

/** The table as the watchdog uses it. */
export interface WatchStore {
  /** One record, read consistently. */
  get(runId: string): Promise<RunRecord | undefined>;
  /** Records that no run came of a due time, if it has no record. @returns whether it had none */
  recordUnrun(unrun: Unrun): Promise<boolean>;
  /** Has a running run found by the sweep from `checkAt` on, if it is as it was seen and in no index yet. */
  track(run: RunRecord, checkAt: EpochMs): Promise<void>;
  /** Rows of the index of open runs that should have been looked at by then, in the order of their positions. */
  openRuns(until: EpochMs, after?: string): AsyncIterable<OpenRun>;
  loadState(): Promise<WatchState | undefined>;
  /** @throws StaleLookError when another look has saved its own since this one loaded */
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

/** What the watchdog says of a run, for its log. */
export type WatchdogEvent =
  | 'run-missed'
  | 'run-came-too-late'
  | 'run-skipped'
  | 'run-resent'
  | 'catch-up-sent'
  | 'after-gap-sent'
  | 'not-sent'
  | 'due-time-not-expected'
  | 'schedule-not-deployed';

export interface WatchdogPorts {
  readonly store: WatchStore;
  /** The schedule of that name in the deployment's group; `undefined` when there is none. */
  readonly findDeployed: (name: string) => Promise<DeployedSchedule | undefined>;
  /** Sends a message to a queue of this deployment, to be seen after a delay of up to 15 minutes. @param delay none by default */
  readonly send: (queue: string, body: string, delay?: Seconds) => Promise<void>;
  readonly alert: (message: AlertMessage) => Promise<void>;
  readonly tell: (event: WatchdogEvent, fields: Readonly<Record<string, unknown>>) => void;
  /** Counts missed due times of a job, for the alarm. */
  readonly countMissed: (job: string, count: number) => void;
  readonly now: () => EpochMs;
  /** A number from 0 up to 1. */
  readonly random: () => number;
}
