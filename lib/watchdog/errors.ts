import { BelfryError } from '../errors.ts';

/** Another pass has saved its state since this one loaded it: what this one would save is out of date. */
export class StaleLookError extends BelfryError {
  override readonly name = 'StaleLookError';
  readonly code = 'STALE_LOOK';
}

/** Parts of a pass have failed; the rest is done and saved. The next pass tries them again. */
export class IncompleteLookError extends BelfryError {
  override readonly name = 'IncompleteLookError';
  readonly code = 'INCOMPLETE_LOOK';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}
