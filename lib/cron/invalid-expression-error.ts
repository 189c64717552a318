import { BelfryError } from '../errors.ts';
import type { ExpressionLabel, Part } from './parts.ts';

/**
 * What a user wrote to say when, and cannot mean. Thrown while reading it, never while computing due times.
 *
 * The message has two lines: what is wrong with what, and carets under the offending part.
 *
 * ```
 * cron "0 25 * * *": hour 25 is out of range; allowed are 0-23
 *         ^^
 * ```
 */
export class InvalidExpressionError extends BelfryError {
  override readonly name = 'InvalidExpressionError';
  readonly code = 'INVALID_EXPRESSION';
  /** The text as the user wrote it. */
  readonly expression: string;
  readonly label: ExpressionLabel;
  /** Where the offending part begins in `expression`, in UTF-16 units. */
  readonly offset: number;
  /** How long the offending part is; 0 when something is missing at `offset`. */
  readonly length: number;
  /** What is wrong, and what is allowed. */
  readonly problem: string;
  /** What to write instead, when that can be said. */
  readonly cure: string | undefined;

  constructor(part: Part, problem: string, cure?: string) {
    super(render({ ...part, length: part.text.length, problem, cure }, ''));
    this.expression = part.expression;
    this.label = part.label;
    this.offset = part.offset;
    this.length = part.text.length;
    this.problem = problem;
    this.cure = cure;
  }
}

/**
 * The error's message with words before it, and the carets still under the offending part.
 *
 * @example
 * describeProblem(error, 'schedule "nightly"');
 * // schedule "nightly": cron "0 25 * * *": hour 25 is out of range; allowed are 0-23
 * //                             ^^
 */
export const describeProblem = (error: InvalidExpressionError, prefix: string): string => render(error, `${prefix}: `);

type Problem = Pick<InvalidExpressionError, 'expression' | 'label' | 'offset' | 'length' | 'problem' | 'cure'>;

function render({ expression, label, offset, length, problem, cure }: Problem, prefix: string): string {
  const opening = `${prefix}${label} "`;
  // A tab or a line break inside the quotes would put the carets under something else.
  const shown = expression.replace(/\p{Cc}/gu, ' ');
  const advice = cure === undefined ? '' : `; ${cure}`;
  const carets = ' '.repeat(opening.length + offset) + '^'.repeat(Math.max(1, length));
  return `${opening}${shown}": ${problem}${advice}\n${carets}`;
}
