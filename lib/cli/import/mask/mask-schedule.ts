import { maskCommand } from './mask-command.ts';
import { MASK } from './words.ts';

const NAME =
  'sun(?:day)?|mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|' +
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?';
/** What can be meant as a field of a schedule, right or wrong: a password there is not one. */
const FIELD = new RegExp(
  `^-?(?:@[a-z]{1,12}|(?:(?<![0-9])[0-9]{1,3}(?![0-9])|[-*,/~?#.]|L|W|${NAME}){1,250}|(?:\\d{1,4}(?:\\.\\d{1,3})?[hms]){1,3}|(?:CRON_)?TZ=(?:[A-Z][A-Za-z_]{1,20}/){0,2}[A-Z][A-Za-z_]{1,20})$`,
  'i',
);
const LONG_NUMBER = /\d{4}/;
const FIELDS = 5;

/** Whether a text can be shown as part of a schedule. */
const isField = (text: string): boolean => text === '' || FIELD.test(text);

/** Each word that is not a field of a schedule as signs of the same number, so that carets stay under what they point at. */
export const maskFields = (text: string): string =>
  text.replaceAll(/\S+/g, (word) => (isField(word) ? word : '*'.repeat(word.length)));

/** What is wrong with a number that may be a password, in whatever way it would be read and shown. */
export interface LongNumber {
  readonly problem: string;
  readonly offset: number;
  readonly length: number;
}

/** The first word of a schedule with a number that may not be shown, such as the month in `0 2 * 1-000004 *`. */
export function findLongNumber(schedule: string): LongNumber | undefined {
  const word = [...schedule.matchAll(/\S+/g)].find(([each]) => LONG_NUMBER.test(each) && !isField(each));
  if (word === undefined) return undefined;
  const problem = 'a number in a schedule has at most three digits, zeros before it counted';
  return { problem, offset: word.index, length: word[0].length };
}

/** A line of a crontab: its fields as they are, and the masked command. */
export function maskLine(line: string): string {
  const [, lead = '', macro = '', rest = ''] = /^(\s*)(-?@[a-z]{1,12}(?=\s|$))?(.*)$/is.exec(line) ?? [];
  if (macro !== '') return `${lead}${macro}${maskCommand(rest).shown}`;
  const fields = [...rest.matchAll(/\S+/g)].slice(0, FIELDS);
  const last = fields.findIndex(([word]) => !isField(word));
  const shown = last === -1 ? fields : fields.slice(0, last + 1);
  const end = shown.reduce((at, { index, 0: word }) => Math.max(at, index + word.length), 0);
  const behind = rest.slice(end);
  const command = last === -1 ? maskCommand(behind).shown : behind.trim() === '' ? '' : ` ${MASK}`;
  return `${lead}${maskFields(rest.slice(0, end))}${command}`;
}

/** What is wrong with a schedule, without the part that is meant where it is no part of a schedule. */
export const maskProblem = (problem: string, part: string): string =>
  isField(part) || part.trim() === '' ? problem : problem.replaceAll(part, MASK);
