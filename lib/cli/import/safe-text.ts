/** What others wrote, made fit for terminals, comments and literals. */

const MAX_SHOWN_LENGTH = 200;

/**
 * A text on one line without anything that moves a cursor, hides or reorders letters. Every character that goes is
 * replaced by as many spaces as it was long, so that carets stay under what they point at.
 */
export const oneLine = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (unsafe) => ' '.repeat(unsafe.length));

/** {@link oneLine}, cut where it would fill the screen. */
export function shorten(text: string, longest = MAX_SHOWN_LENGTH): string {
  const line = oneLine(text.length > longest ? text.slice(0, longest) : text);
  return text.length > longest ? `${line}…` : line;
}

/** A text as lines of a block comment, which nothing in it can end. */
export const inComment = (text: string): string => oneLine(text).replaceAll('*/', '*\\/');

/** A text as a literal of TypeScript, with the quotes that the formatter would choose, and nothing that looks like a template. */
export function literal(text: string): string {
  const inDouble = JSON.stringify(text).replaceAll('${', '\\u0024{');
  const count = (quote: string): number => text.split(quote).length - 1;
  if (count("'") > count('"')) return inDouble;
  return `'${inDouble.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
