import { formatDuration } from '../job/duration.ts';
import { MINUTE, type Milliseconds, milliseconds, SECOND } from '../units.ts';
import type { Condition } from './conditions.ts';
import type { ConditionKind } from './endings.ts';
import type { Pass } from './pass-context.ts';

/** What one check of a pass has found. */
export interface Findings {
  /** Of all that follows. */
  readonly kind: ConditionKind;
  readonly conditions: readonly Condition[];
  /** Stories of which this pass knows nothing, since what it asked did not answer: neither there nor over. */
  readonly unknown: readonly string[];
  readonly problems: readonly string[];
}

/**
 * Whether a check that not every pass makes has its turn.
 *
 * @param lastDueAt of the pass that made it last. A later one than this pass's is a clock's that was set back since.
 */
export const isTurn = ({ dueAt }: Pick<Pass, 'dueAt'>, lastDueAt: number, interval: Milliseconds): boolean =>
  Math.abs(dueAt - lastDueAt) >= interval;

/** A length for people, rounded: `95 seconds`, `12 minutes`. */
export function roughLength(length: number): string {
  const unit = length < 2 * MINUTE ? SECOND : MINUTE;
  return formatDuration(milliseconds(Math.round(length / unit) * unit));
}
