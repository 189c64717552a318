import { inject, test } from 'vitest';
import { MINUTE } from '../../../lib/units.ts';
import { Cloud } from './cloud.ts';
import { isNotSupported } from './not-supported.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** What was seen of AWS, mostly what its documentation does not say, by a name. */
    observed?: Record<string, string>;
  }
}

/** Notes what AWS answered: mostly something that it does not document, for docs/aws-checklist.md. */
export type Observe = (what: string, seen: unknown) => void;

/** Longer than any check waits, on AWS too. */
const TIMEOUT_MS = 40 * MINUTE;

const target = inject('target');

/** The deployment that the checks of this run look at. */
export const cloud = new Cloud(target);

/**
 * One thing that has to hold on every cloud. Checks of a file are made at once, each with resources of its own.
 *
 * Where the cloud is known not to support it, or an unknown one says so, it is reported as not supported, with the
 * reason: never as passed.
 */
export function check(name: string, body: (observe: Observe) => Promise<void>): void {
  test.concurrent(name, { timeout: TIMEOUT_MS }, async ({ task, skip }) => {
    const limit = target.limits[name];
    if (limit !== undefined) skip(limit);
    const observed: Record<string, string> = {};
    task.meta.observed = observed;
    try {
      await body((what, seen) => {
        observed[what] = typeof seen === 'string' ? seen : JSON.stringify(seen);
      });
    } catch (error) {
      if (target.kind === 'other' && isNotSupported(error)) skip(`it says: ${error.message}`);
      throw error;
    }
  });
}
