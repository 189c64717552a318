import type { OverlapPolicy } from '../job/overlap.ts';
import { type EpochMs, type Milliseconds, plus } from '../units.ts';

/** A run of a job: when it is due, and by which schedule. */
export interface DueRun {
  readonly time: EpochMs;
  readonly schedule: string;
}

/** Follows the runs of one job, each as long as the others, and notices those that meet. */
export interface OverlapWatch {
  /**
   * Takes the next run, in the order of time.
   *
   * @returns a run that is going then, the one that began first; undefined when there is none
   */
  add(run: DueRun): DueRun | undefined;
  readonly mostAtOnce: number;
}

/** Whether a run that is due while another is going begins all the same: the pure half of each policy's gate. */
const RUNS_BESIDE: Readonly<Record<OverlapPolicy, boolean>> = { skip: false, allow: true };

/**
 * What an overlap policy makes of runs that begin when they are due and take `length`. A run ends before that instant: one
 * that is due then meets nothing. Under `skip` a run that meets another is skipped, and takes no time.
 */
export function watchOverlaps(policy: OverlapPolicy, length: Milliseconds): OverlapWatch {
  /** What is going, the first to begin at `head`: as all take as long, also the first to end. */
  let going: DueRun[] = [];
  let head = 0;
  let mostAtOnce = 0;
  return {
    add(run) {
      for (let first = going[head]; first !== undefined && plus(first.time, length) <= run.time; first = going[head])
        head++;
      const met = going[head];
      if (met !== undefined && !RUNS_BESIDE[policy]) return met;
      if (head > LEFT_BEHIND) [going, head] = [going.slice(head), 0];
      going.push(run);
      mostAtOnce = Math.max(mostAtOnce, going.length - head);
      return met;
    },
    get mostAtOnce() {
      return mostAtOnce;
    },
  };
}

/** How many runs that have ended are kept until they are cleared away. */
const LEFT_BEHIND = 1000;
