import { type EpochMs, epochMs, HOUR, MINUTE, type Milliseconds, milliseconds } from '../units.ts';

/** How long after its time an open run is first sent again: until then its own message has had every chance. */
const FIRST = 2 * MINUTE;
/** From here on the interval does not double any more. */
const DOUBLED_UNTIL = 32 * MINUTE;
const DOUBLED_TURNS = Math.log2(DOUBLED_UNTIL / FIRST) + 1;

/** How many turns a run has had by that age: 2, 4, 8, 16 and 32 minutes after its time, then every hour. */
export function turnsBy(age: number): number {
  if (age < FIRST) return 0;
  if (age < DOUBLED_UNTIL) return Math.floor(Math.log2(age / FIRST)) + 1;
  return DOUBLED_TURNS + Math.floor((age - DOUBLED_UNTIL) / HOUR);
}

/** How old a run is at its turn of that number, from 1. */
const ageAt = (turn: number): Milliseconds =>
  milliseconds(turn <= DOUBLED_TURNS ? FIRST * 2 ** (turn - 1) : DOUBLED_UNTIL + (turn - DOUBLED_TURNS) * HOUR);

/** When a run of that time has its next turn: at its time, and then at the ages of `turnsBy`. */
export const nextTurn = (time: EpochMs, now: EpochMs): EpochMs =>
  now < time ? time : epochMs(time + ageAt(turnsBy(now - time) + 1));
