import {
  CRON_WEEKDAY,
  DAY_OF_MONTH,
  EVENTBRIDGE_WEEKDAY,
  endOfSteps,
  type Field,
  HOUR,
  MINUTE,
  MONTH,
  readRange,
  YEAR,
} from './fields.ts';
import { splitOn, wholeOf, wordsOf } from './parts.ts';

/** A step that leads past the end of what it counts through, so that only the first value is left of it. */
export interface LargeStep {
  /** As it is written: `5-23/24`. */
  readonly text: string;
  readonly field: Field;
  readonly step: number;
  /** The only value. */
  readonly first: number;
  /** Where the field or the range ends. */
  readonly last: number;
}

const FIVE = [MINUTE, HOUR, DAY_OF_MONTH, MONTH, CRON_WEEKDAY];
const SIX = [MINUTE, HOUR, DAY_OF_MONTH, MONTH, EVENTBRIDGE_WEEKDAY, YEAR];

/**
 * The large steps of a cron, in the order of its fields.
 *
 * @param cron that has been read without error: five fields, the same behind a second, a macro, or `cron(…)`
 */
export function findLargeSteps(cron: string): readonly LargeStep[] {
  const [, inside] = /^\s*cron\((.*)\)\s*$/s.exec(cron) ?? [];
  const words = wordsOf(wholeOf('cron', inside ?? cron));
  const fields = inside === undefined ? FIVE : SIX;
  return words
    .slice(words.length - fields.length)
    .flatMap((word, index) => splitOn(word, ',').map((item) => ({ item, field: fields[index] ?? YEAR })))
    .flatMap(({ item, field }) => {
      const [head, by] = splitOn(item, '/');
      if (head === undefined || by === undefined) return [];
      const range = readRange(head, field);
      const { first } = range;
      const last = endOfSteps(range, field);
      const step = Number(by.text);
      return first < last && first + step > last ? [{ text: item.text, field, step, first, last }] : [];
    });
}
