import { findSteps, type Step } from './steps.ts';

/** A step that leads past the end of what it counts through, so that only the first value is left of it. */
export type LargeStep = Step;

/**
 * The large steps of a cron, in the order of its fields.
 *
 * @param cron that has been read without error: five fields, the same behind a second, a macro, or `cron(…)`
 */
export const findLargeSteps = (cron: string): readonly LargeStep[] =>
  findSteps(cron).filter(({ first, last, step }) => first < last && first + step > last);
