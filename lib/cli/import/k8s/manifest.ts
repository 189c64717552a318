import type { Place } from '../found.ts';

/** A CronJob as it was read. */
export interface Manifest {
  readonly value: unknown;
  readonly place: Place;
  /** The line in which the schedule stands, and where it begins there; absent where it cannot be pointed at. */
  readonly schedule?: LinePart;
  /** The same of its time zone. */
  readonly timeZone?: LinePart;
}

/** A line, and where in it something begins. */
export interface LinePart {
  readonly text: string;
  readonly offset: number;
}
