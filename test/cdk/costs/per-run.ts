import type { Usage } from './prices.ts';

/**
 * What a run uses beside its function's time: its message is sent, hidden and deleted; claim, lock, outcome and release are
 * written; the watchdog reads its record once; it logs two lines beside Lambda's three.
 */
export const RUN: Usage = { schedule: 1, message: 3, invocation: 1, write: 4, read: 1, log: 1_200 };
/** How long a run is taken to last. */
export const RUN_SECONDS = 1;

/**
 * What a pass of the watchdog uses that finds nothing. Of the table: the four writes of any run, and one for the first KB of the
 * state, of which more is counted for each schedule; one read of the state, two of open stories and pending alerts and, at half
 * a read each, ten of the index: eight partitions of open runs and two of runs that nothing has sent yet.
 */
export const PASS: Usage = { schedule: 1, message: 3, invocation: 1, write: 5, read: 8, log: 1_200 };
export const PASS_SECONDS = 0.1;
