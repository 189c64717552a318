import type { ManifestSchedule } from '../manifest.ts';
import type { Milliseconds } from '../units.ts';

/** A schedule as the app declares it, enabled in this stage or not. */
export interface WatchedSchedule
  extends Pick<ManifestSchedule, 'id' | 'job' | 'expressions' | 'timezone' | 'input' | 'enabled' | 'policy'> {
  /** Its last due time was past at synth, so synth has left it out of EventBridge. */
  readonly isOver?: boolean;
}

/** A job, as far as the watchdog must know it. */
export interface WatchedJob {
  readonly queue: string;
  readonly deadLetterQueue: string;
  readonly retention: Milliseconds;
  readonly maxAttempts: number;
  /** How long a run may wait. */
  readonly longestWait: Milliseconds;
  /** The job says that runs which take far longer than others are all right. */
  readonly isSlowSilenced?: true;
}

/** What the watchdog knows of the app. Synth writes it as JSON into the watchdog's bundle. */
export interface WatchdogPlan {
  /** How long after a due time its record must exist. */
  readonly grace: Milliseconds;
  /** The name of the schedule group in EventBridge, and the prefix of every resource name. */
  readonly prefix: string;
  readonly schedules: readonly WatchedSchedule[];
  /** By name; the watchdog itself included. */
  readonly jobs: Readonly<Record<string, WatchedJob>>;
  /** The queue that has what EventBridge could not deliver. */
  readonly deliveryQueue: string;
  /** The topic that mails go through. Absent without addresses: people subscribe to the topic of the alerts themselves. */
  readonly mailTopic?: string;
  /** Whether alerts go to other channels beside mails, which need no subscription. @default false */
  readonly hasOtherChannels?: true;
}
