import type { ManifestSchedule } from '../manifest.ts';
import type { Milliseconds } from '../units.ts';

/** A schedule as the app declares it, enabled in this stage or not. */
export interface WatchedSchedule
  extends Pick<ManifestSchedule, 'id' | 'job' | 'expressions' | 'timezone' | 'input' | 'enabled' | 'policy'> {
  /** Its last due time was past at synth, so synth has left it out of EventBridge. */
  readonly isOver?: boolean;
}

/** What the watchdog knows of the app. Synth writes it as JSON into the watchdog's bundle. */
export interface WatchdogPlan {
  /** How long after a due time its record must exist. */
  readonly grace: Milliseconds;
  /** The name of the schedule group in EventBridge, and the prefix of every resource name. */
  readonly prefix: string;
  readonly schedules: readonly WatchedSchedule[];
  /** By name; the watchdog itself included. */
  readonly jobs: Readonly<Record<string, { readonly queue: string; readonly retention: Milliseconds }>>;
}
