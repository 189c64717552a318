import { BelfryError } from '../errors.ts';

/** What is wrong with an app, all of it at once. Thrown at synth, never at run time. */
export class InvalidAppError extends BelfryError {
  override readonly name = 'InvalidAppError';
  readonly code = 'INVALID_APP';
  /** Each names its file or entry, and may have a second line that points at the offending part. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options);
    this.problems = problems;
  }
}

/** A part of a text, and what is wrong with it. */
export interface Pointer {
  /** What stands before the quoted text: the file and the entry. */
  readonly prefix: string;
  /** What the text is: `job`, `schedule`. */
  readonly label: string;
  readonly text: string;
  readonly offset: number;
  /** How much of it is wrong. @default all from `offset` on */
  readonly length?: number;
  readonly problem: string;
}

/**
 * A message whose second line has carets under the offending part.
 *
 * ```
 * infra/schedules.ts: schedule "Nightly": allowed are lower-case letters, …
 *                               ^
 * ```
 */
export function pointAt({ prefix, label, text, offset, length, problem }: Pointer): string {
  const opening = `${prefix}${label} "`;
  const shown = text.replace(/\p{Cc}/gu, ' ');
  const width = Math.max(1, length ?? text.length - offset);
  return `${opening}${shown}": ${problem}\n${' '.repeat(opening.length + offset)}${'^'.repeat(width)}`;
}

/** Words before a message, whose carets stay under what they point at. */
export const indent = (prefix: string, message: string): string =>
  prefix + message.replaceAll(/\n(?=\s*\^)/g, `\n${' '.repeat(prefix.length)}`);

/** What a name may consist of. */
export interface NameRule extends Omit<Pointer, 'offset' | 'length'> {
  readonly first: RegExp;
  readonly rest: RegExp;
  readonly longest: number;
}

/** Points at the first character of a name that its rule does not allow, or at all that is too much. */
export function pointAtUnexpected({ first, rest, longest, ...pointer }: NameRule): string {
  const offset = [...pointer.text].findIndex((letter, index) => !(index === 0 ? first : rest).test(letter));
  return offset >= 0 && offset < longest
    ? pointAt({ ...pointer, offset, length: 1 })
    : pointAt({ ...pointer, offset: Math.min(longest, pointer.text.length) });
}

/** A value as messages show it: short, on one line. */
export function quoteValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return String(value);
}
