import { DAY, type EpochMs, epochMs, HOUR, MINUTE, type Milliseconds, milliseconds } from '../../units.ts';
import type { DueTimes } from './model.ts';

const UNITS = { minute: MINUTE, hour: HOUR, day: DAY } as const;
const RATE = /^\s*rate\(\s*([1-9]\d{0,8})\s+(minute|hour|day)s?\s*\)\s*$/;

export const isRate = (expression: string): boolean => /^\s*rate\(/.test(expression);

/** The interval of `rate(value unit)`; undefined when it is not understood. A day is 24 hours on any clock. */
export function intervalOfRate(expression: string): Milliseconds | undefined {
  const match = RATE.exec(expression);
  const unit = match?.[2];
  if (unit !== 'minute' && unit !== 'hour' && unit !== 'day') return undefined;
  return milliseconds(Number(match?.[1]) * UNITS[unit]);
}

/**
 * Due times of a rate: the anchor itself, and one every interval from there, in both directions. A schedule counts from
 * its anchor on by its `dueAfter`, unless the clock by which it was made was ahead.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#rate-based
 */
export function rateDueTimes(interval: Milliseconds, anchor: EpochMs): DueTimes {
  const next = (after: EpochMs): EpochMs => epochMs(anchor + (Math.floor((after - anchor) / interval) + 1) * interval);
  return {
    next,
    *between(from, to) {
      for (let due = next(from); due <= to; due = next(due)) yield due;
    },
  };
}
