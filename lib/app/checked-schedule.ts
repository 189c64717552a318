import type { ManifestSchedule } from '../manifest.ts';

/** A schedule that may be deployed. */
export interface CheckedSchedule extends ManifestSchedule {
  /** Whether its last due time is past: EventBridge would refuse it, so it is left out. */
  readonly isOver: boolean;
}
