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

/** A step of a cron, with what it counts through. */
export interface Step {
  /** As it is written: `5-23/24`. */
  readonly text: string;
  readonly field: Field;
  readonly step: number;
  /** The first value. */
  readonly first: number;
  /** Where the field or the range ends. */
  readonly last: number;
  /** Whether it counts to the end of its field, and not of a range. */
  readonly isToEnd: boolean;
  /** Whether it is all of its field, and not one of a list. */
  readonly isAlone: boolean;
  /** The fields behind its own, as they are written. */
  readonly later: readonly string[];
}

const FIVE = [MINUTE, HOUR, DAY_OF_MONTH, MONTH, CRON_WEEKDAY];
const SIX = [MINUTE, HOUR, DAY_OF_MONTH, MONTH, EVENTBRIDGE_WEEKDAY, YEAR];

/**
 * The steps of a cron, in the order of its fields.
 *
 * @param cron that has been read without error: five fields, the same behind a second, a macro, or `cron(…)`
 */
export function findSteps(cron: string): readonly Step[] {
  const [, inside] = /^\s*cron\((.*)\)\s*$/s.exec(cron) ?? [];
  const words = wordsOf(wholeOf('cron', inside ?? cron));
  const fields = inside === undefined ? FIVE : SIX;
  return words.slice(words.length - fields.length).flatMap((word, index, all) => {
    const field = fields[index] ?? YEAR;
    const items = splitOn(word, ',');
    const later = all.slice(index + 1).map(({ text }) => text);
    return items.flatMap((item) => {
      const [head, by] = splitOn(item, '/');
      if (head === undefined || by === undefined) return [];
      const range = readRange(head, field);
      const place = { text: item.text, field, first: range.first, last: endOfSteps(range, field) };
      return [{ ...place, step: Number(by.text), isToEnd: range.kind !== 'range', isAlone: items.length === 1, later }];
    });
  });
}
