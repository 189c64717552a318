import * as z from 'zod/mini';
import { BelfryError } from '../errors.ts';
import { WATCHDOG } from '../job/names.ts';
import { nearest } from '../nearest.ts';
import type { Scheduler } from './scheduler/index.ts';
import { entryOf } from './schedules.ts';

/** A wish that due times are not delivered, to see what becomes of them. */
export interface Drop {
  /** The id of an entry, or of Belfry's own. */
  readonly schedule: string;
  /** How many of its next due times, from 1. */
  readonly count: number;
}

/** A drop that cannot be made. */
export class InvalidDropError extends BelfryError {
  override readonly name = 'InvalidDropError';
  readonly code = 'INVALID_DROP';
}

/**
 * The next `count` due times of an entry are not delivered, also where it takes two schedules of EventBridge. In place
 * of what was left of an earlier drop.
 *
 * @throws InvalidDropError for a schedule that is not there, naming those that are, but for Belfry's own, and the nearest
 */
export function dropNext(scheduler: Pick<Scheduler, 'dropNext' | 'nextDueTimes'>, { schedule, count }: Drop): void {
  const all = scheduler.nextDueTimes();
  const names = all.filter((each) => entryOf(each) === schedule).map(({ name }) => name);
  if (names.length === 0) {
    const known = [...new Set(all.map(entryOf))].filter((name) => name !== WATCHDOG);
    const near = nearest(schedule, known);
    const guess = near === undefined ? '' : `; the nearest is "${near}"`;
    throw new InvalidDropError(`there is no schedule "${schedule}"; there are: ${known.join(', ') || 'none'}${guess}`);
  }
  scheduler.dropNext(names, count);
}

const drop = z.strictObject({ schedule: z.string(), count: z.int().check(z.positive()) });

/** Reads `{ schedule, count }`. @throws InvalidDropError */
export function readDrop(input: unknown): Drop {
  const { success, data } = drop.safeParse(input);
  if (success) return data;
  const given = (JSON.stringify(input) ?? 'nothing').slice(0, 200);
  throw new InvalidDropError(`allowed is {"schedule":"<id>","count":<a whole number from 1>}; this is ${given}`);
}
