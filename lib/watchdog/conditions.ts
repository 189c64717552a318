import type { AlertKind } from '../observe/alert.ts';
import type { EpochMs } from '../units.ts';

/**
 * Something that is wrong at the time of a pass, found out anew by each pass. The first pass that finds it sends an alert,
 * and the first that does not find it any more sends one that says so.
 */
export interface Condition {
  /** Names the cause, the same in every pass: `dead-letters:report`. */
  readonly story: string;
  readonly kind: AlertKind;
  readonly job?: string;
  readonly run?: string;
  /** Since when it has been so. The first pass that finds it decides. */
  readonly since: EpochMs;
  /** The alert's subject, with the stage: `[prod] report has 3 dead letters`. */
  readonly subject: string;
  /** The rest of the alert's text. */
  readonly lines: readonly string[];
  /** The command that shows it. */
  readonly command?: string;
}
