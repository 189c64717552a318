import type { Period } from '../../forecast/simulate-job.ts';
import { DAY, type EpochMs, milliseconds, plus } from '../../units.ts';
import { CommandError, EXIT } from '../shared/exit-codes.ts';

/** Without an end. */
export const DAYS = 7;
export const MAX_DAYS = 366;

/** What was asked for, or what is ahead. @throws CommandError for a period that is none, or too long */
export function readPeriod({ from: given, to: end }: Partial<Period>, now: EpochMs): Period {
  const from = given ?? now;
  const to = end ?? plus(from, milliseconds(DAYS * DAY));
  if (to <= from)
    throw new CommandError(
      `the period ends before it begins; --to must be after ${new Date(from).toISOString()}`,
      EXIT.usage,
    );
  if (to - from <= MAX_DAYS * DAY) return { from, to };
  throw new CommandError(
    `the period is longer than ${MAX_DAYS} days; choose a shorter one with --from and --to`,
    EXIT.usage,
  );
}
