import ICAL from 'ical.js';
import { messageOf } from '../../errors.ts';
import { quoteValue } from '../check-report.ts';
import { CalendarFileError } from './calendar-file-error.ts';

interface Line {
  /** From 1, of its first part where it is folded. */
  readonly number: number;
  readonly text: string;
}

const DATES = /^(DTSTART|DTEND|RECURRENCE-ID|RDATE|EXDATE)((?:;(?:"[^"]*"|[^":])*)?):(.*)$/i;
const DATE = /^\d{8}(?!\d)/;

const RULE = /^RRULE(?:;(?:"[^"]*"|[^":])*)?:(.*)$/i;

/**
 * Looks for dates and rules of events that are not written as iCalendar has them, such as `2027-12-24`: ical.js would
 * make something else of them, or throw what does not say where.
 *
 * @throws CalendarFileError that names the line
 */
export function checkLines(text: string): void {
  const inside: string[] = [];
  let event: Line[] = [];
  for (const line of linesOf(text)) {
    const [, edge = '', component = ''] = /^(BEGIN|END):(.*)$/i.exec(line.text) ?? [];
    if (edge.toUpperCase() === 'BEGIN') {
      inside.push(component.trim().toUpperCase());
      if (inside.at(-1) === 'VEVENT') event = [];
    } else if (edge !== '' && inside.pop() === 'VEVENT') checkRules(event);
    if (inside.at(-1) !== 'VEVENT') continue;
    event.push(line);
    checkDates(line);
  }
}

function checkDates({ number, text }: Line): void {
  const [, name = '', , values = ''] = DATES.exec(text) ?? [];
  const wrong = name === '' ? undefined : values.split(',').find((value) => !DATE.test(value.trim()));
  if (wrong === undefined) return;
  throw new CalendarFileError(
    `line ${number}: ${name.toUpperCase()} ${quoteValue(wrong)} is not a date; iCalendar writes 20271224`,
  );
}

/** A time of day, without the word of Exchange's that it is a whole day. */
const isTimed = (event: readonly Line[]): boolean =>
  event.some(({ text }) => /^DTSTART[;:].*T\d{4}/i.test(text)) &&
  !event.some(({ text }) => /^X-MICROSOFT-CDO-ALLDAYEVENT:TRUE/i.test(text));

function checkRules(event: readonly Line[]): void {
  for (const { number, text } of event) {
    const [, written] = RULE.exec(text) ?? [];
    if (written !== undefined) checkRule(written.trim(), { line: number, isRead: !isTimed(event) });
  }
}

/** @param isRead whether its days count: an event with a time of day is passed over, as long as ical.js can read it */
function checkRule(rule: string, { line, isRead }: { readonly line: number; readonly isRead: boolean }): void {
  const refuse = (problem: string, cause?: unknown): CalendarFileError =>
    new CalendarFileError(`line ${line}: RRULE ${quoteValue(rule)} is not understood: ${problem}`, { cause });
  // ical.js takes 0 for 1, and for no end.
  const [, part] = /(?:^|;)((?:COUNT|INTERVAL)=(?!\s*0*[1-9]\d*\s*(?:;|$))[^;]*)/i.exec(rule) ?? [];
  if (isRead && part !== undefined) throw refuse(`${part}; allowed is a number from 1`);
  const [, until] = /(?:^|;)UNTIL=([^;]*)/i.exec(rule) ?? [];
  if (isRead && until !== undefined && !DATE.test(until))
    throw refuse(`UNTIL=${until} is not a date; iCalendar writes 20271224`);
  try {
    ICAL.Recur.fromString(rule);
  } catch (error) {
    // Its bounds are the wrong way round.
    const reason = messageOf(error).replace(/ must be [<>] -?\d+/, ', out of range');
    throw refuse(reason, error);
  }
}

/** ` (line 12)`, where a message of ical.js quotes a line of the file. */
export function describePlace(text: string, message: string): string {
  const found = [...linesOf(text)].find((line) => line.text !== '' && message.endsWith(`"${line.text}"`));
  return found === undefined ? '' : ` (line ${found.number})`;
}

/** Unfolded: what begins with a space or a tab goes on with the line before. */
function* linesOf(text: string): Generator<Line> {
  let line: Line | undefined;
  for (const [index, part] of text.split(/\r?\n/).entries()) {
    if (line !== undefined && /^[ \t]/.test(part)) line = { number: line.number, text: line.text + part.slice(1) };
    else {
      if (line !== undefined) yield line;
      line = { number: index + 1, text: part };
    }
  }
  if (line !== undefined) yield line;
}
