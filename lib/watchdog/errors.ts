import { BelfryError } from '../errors.ts';

/** Another look has saved what it found since this one began: what this one would save is out of date. */
export class StaleLookError extends BelfryError {
  override readonly name = 'StaleLookError';
  readonly code = 'STALE_LOOK';
}

/** A look did what it could, and something of it could not be done. The next look tries again. */
export class IncompleteLookError extends BelfryError {
  override readonly name = 'IncompleteLookError';
  readonly code = 'INCOMPLETE_LOOK';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}
