import type { Milliseconds } from '../units.ts';

/** Days of a calendar as they are deployed. */
export interface NamedDays {
  /** The calendar's; for days written in the entry itself, the days. */
  readonly name: string;
  /** Each `2027-12-24` or `2027-12-24/2027-12-31`, ascending. */
  readonly days: readonly string[];
}

/** What a schedule does about its due times, with every default filled in. JSON, so that it can stand in the manifest. */
export interface SchedulePolicy {
  /** How late a first attempt may start; later ones are skipped. */
  readonly maxLateness: Milliseconds;
  /** Up to how many missed due times are made up for, the newest: 0 for none. */
  readonly catchUp: number;
  /** How long after a due time EventBridge may choose to fire; 0 for at once. */
  readonly spread: Milliseconds;
  readonly dst: DstChoice;
  /** Due times on these days are skipped. */
  readonly except: readonly NamedDays[];
  /** If there are any, due times on all other days are skipped. */
  readonly only: readonly NamedDays[];
  /** Called after each completed run. */
  readonly pingUrl?: string;
}

/** What is allowed; the defaults stand with the fields of `ScheduleOptions`. */
export const SCHEDULE_BOUNDS = {
  // EventBridge's own bounds of the age of an event.
  // https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html
  maxLateness: { min: '1 minute', max: '24 hours' },
  /** The default is the shortest time between two due times, within these. */
  derivedLateness: { min: '10 minutes', max: '24 hours' },
  // https://docs.aws.amazon.com/scheduler/latest/APIReference/API_FlexibleTimeWindow.html
  spread: { min: '1 minute', max: '24 hours' },
  catchUp: { min: 1, max: 100 },
} as const;

/** What becomes of due times that clocks skip. */
export const DST_CHOICES = ['skip', 'runAfterGap'] as const;
export type DstChoice = (typeof DST_CHOICES)[number];

const RUNS_AFTER_GAP: Readonly<Record<DstChoice, boolean>> = { skip: false, runAfterGap: true };

/** Whether one run starts as soon as clocks have skipped due times. */
export const runsAfterGap = ({ dst }: Pick<SchedulePolicy, 'dst'>): boolean => RUNS_AFTER_GAP[dst];
