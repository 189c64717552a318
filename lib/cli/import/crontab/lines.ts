/** The lines of a crontab, told apart as crontab(5) says. */

/** `NAME = value`: holds for the lines after it. */
export interface VariableLine {
  readonly kind: 'variable';
  readonly number: number;
  readonly name: string;
  readonly value: string;
}

/** A line that must be a schedule with a command: what is neither blank, comment nor variable. */
export interface EntryLine {
  readonly kind: 'entry';
  readonly number: number;
  /** Without its line end. */
  readonly text: string;
}

export interface CommentLine {
  readonly kind: 'comment';
  readonly number: number;
  readonly text: string;
}

export type CrontabLine = VariableLine | EntryLine | CommentLine;

export interface CrontabText {
  readonly lines: readonly CrontabLine[];
  /** Cron takes the carriage return for a part of the command. */
  readonly hasCarriageReturns: boolean;
  /** Cron passes over a last line without one. */
  readonly endsWithNewline: boolean;
}

export function splitCrontab(source: string): CrontabText {
  const text = source.replace(/^\uFEFF/, '');
  const lines = text.split('\n').flatMap((raw, index): CrontabLine[] => {
    const line = raw.replace(/\r$/, '');
    return line.trim() === '' ? [] : [classify(line, index + 1)];
  });
  return { lines, hasCarriageReturns: text.includes('\r\n'), endsWithNewline: text === '' || text.endsWith('\n') };
}

function classify(text: string, number: number): CrontabLine {
  if (text.trimStart().startsWith('#')) return { kind: 'comment', number, text };
  const variable = /^\s*(?:"([^"]+)"|'([^']+)'|([A-Za-z_][\w.-]*))\s*=(.*)$/s.exec(text);
  if (variable === null) return { kind: 'entry', number, text };
  const [, doubleQuoted, singleQuoted, bare, value = ''] = variable;
  return { kind: 'variable', number, name: doubleQuoted ?? singleQuoted ?? bare ?? '', value: unquote(value.trim()) };
}

const unquote = (value: string): string => /^(["'])(.*)\1$/s.exec(value)?.[2] ?? value;

/** An entry's parts, still in their places. */
export interface EntryParts {
  /** The five fields or the macro as they stand in the line, of the same length: see {@link splitEntry}. */
  readonly expression: string;
  /** Where the expression begins in the line. */
  readonly start: number;
  /** What follows it; empty when nothing does. */
  readonly rest: string;
  /** The fields that name a random time of cronie's, such as `30~45`. */
  readonly random: readonly string[];
}

/** Whether a line begins as a schedule does, right or wrong: minute, hour and three more fields, or a macro. */
export const isLikeEntry = (line: string): boolean =>
  /^\s*-?(?:@\w|(?:[\d*~?][-\d*~,/]*\s+){2}(?:\S+\s+){2}\S)/.test(line);

const FIELD_STARTS = [0, 0, 1, 1, 0];

/**
 * The parts of an entry; undefined when it has fewer than five fields.
 *
 * A minus before the minute (no line in the system log) is left out. A random time is replaced by the earliest that
 * cronie could draw, filled up with spaces, so that what is wrong with the rest is still found at its place.
 */
export function splitEntry(line: string): EntryParts | undefined {
  const match = /^(\s*-?)(@\S+|(?:\S+\s+){4}\S+)(.*)$/s.exec(line);
  if (match === null) return undefined;
  const [, lead = '', fields = '', rest = ''] = match;
  const random: string[] = [];
  let index = -1;
  const expression = fields.startsWith('@')
    ? fields
    : fields.replaceAll(/\S+/g, (field) => {
        index += 1;
        const range = /^(\d*)~\d*$/.exec(field);
        if (range === null) return field;
        random.push(field);
        return (range[1] || String(FIELD_STARTS[index])).padEnd(field.length);
      });
  return { expression, start: lead.length, rest: rest.trim(), random };
}

/** The user of a line in the system form, and the command. */
export function splitUser(rest: string): { readonly user: string; readonly command: string } | undefined {
  const match = /^(\S+)\s+(\S.*)$/s.exec(rest);
  return match === null ? undefined : { user: match[1] ?? '', command: match[2] ?? '' };
}

/** The command, and what it reads: from the first `%` on, each further one a line break; `\%` is a percent sign. */
export function splitInput(rest: string): { readonly command: string; readonly input?: string } {
  const first = /(?<!\\)%/.exec(rest);
  const command = (first === null ? rest : rest.slice(0, first.index)).replaceAll('\\%', '%').trim();
  if (first === null) return { command };
  const input = rest
    .slice(first.index + 1)
    .replaceAll(/(?<!\\)%/g, '\n')
    .replaceAll('\\%', '%');
  return { command, input };
}
