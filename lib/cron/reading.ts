import type { Calendar } from './calendar.ts';
import { YEAR } from './fields.ts';
import { InvalidExpressionError } from './invalid-expression-error.ts';
import { cover, type Part } from './parts.ts';

/** What an expression means, in both languages: EventBridge's and the calendar's. */
export interface Reading {
  readonly expressions: readonly string[];
  readonly calendar: Calendar;
}

/** For an expression none of whose dates exist; the parts are the first and the last that say which days. */
export const neverFires = (first: Part, last: Part): InvalidExpressionError =>
  new InvalidExpressionError(
    cover(first, last),
    `no date from ${YEAR.min} to ${YEAR.max} matches, so it can never fire`,
  );

/** For an expression with fewer or more words than `form` names. */
export function wrongCount(whole: Part, words: readonly Part[], form: string, cure?: string): InvalidExpressionError {
  const expected = form.split(' ').length;
  const [first = whole, ...rest] = words.slice(expected);
  const count = words.length === 1 ? '1 field' : `${words.length} fields`;
  return new InvalidExpressionError(
    cover(first, rest.at(-1) ?? first),
    `${count} instead of ${expected}: ${form}`,
    cure,
  );
}
