import cronstrue from 'cronstrue';
import { countUp, type Field, HOUR, MINUTE, MONTH } from '../cron/fields.ts';

/**
 * When something is due, in words that can stand in a sentence: `at 07:30, Monday through Friday`.
 *
 * @param expressions what is deployed, EventBridge's `cron(…)` or `at(…)`, as a timetable and the manifest have it. Of
 * two either is meant.
 */
export const describeExpressions = (expressions: readonly string[]): string => expressions.map(describe).join(', or ');

function describe(expression: string): string {
  const [, kind, inside = ''] = /^(cron|at)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'cron') return describeCron(inside);
  return kind === 'at' ? `once, at ${inside.replace('T', ' ').slice(0, 16)}` : expression;
}

function describeCron(fields: string): string {
  const [minute = '', hour = '', day = '', month = '', ...rest] = fields.split(' ');
  const written = [
    withoutUnevenSteps(minute, MINUTE),
    withoutUnevenSteps(hour, HOUR),
    day,
    withoutUnevenSteps(month, MONTH),
    ...rest,
  ];
  const words = cronstrue.toString(`0 ${written.join(' ')}`, {
    dayOfWeekStartIndexZero: false,
    use24HourTimeFormat: true,
    verbose: false,
  });
  return corrected(words.charAt(0).toLowerCase() + words.slice(1));
}

/**
 * cronstrue calls `0/7` every 7 minutes, as if the 56th were followed by the 63rd, and `30/15` every 15. A step that
 * does not go round evenly becomes the values it stands for.
 */
function withoutUnevenSteps(text: string, { min, last }: Field): string {
  const [, from, by] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (from === undefined || by === undefined) return text;
  const [first, step] = [Number(from), Number(by)];
  const goesRound = (last - min + 1) % step === 0 && first - min < step;
  return goesRound ? text : countUp(first, last, step).join();
}

/** Several minutes of some hours are not `at` those hours; and EventBridge's years end in 2199. */
const corrected = (words: string): string =>
  words
    .replace(/past the hour, at (?=\d\d:)/, 'past ')
    .replace(/^(every (?:\d+ )?minutes?), at (?=\d\d:)/, '$1 in the hours of ')
    .replace('through 9999', 'through 2199');
