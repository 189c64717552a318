import type { RunRecord } from './record.ts';

/** How many rounds of attempts came before this one. */
export const roundOf = ({ round = 0 }: RunRecord): number => round;

/** Whether the attempt under way is the first of its round: later ones are never judged by the overlap policy. */
export const isFirstAttempt = (record: RunRecord, maxAttempts: number): boolean =>
  record.attempt <= (roundOf(record) === 0 ? 1 : record.lastAttempt - maxAttempts + 1);
