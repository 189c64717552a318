/**
 * Pieces of what the user wrote that remember where they stood, so that every refusal can point.
 */

/** Which text is meant: the three ways to say when, and the time zone. */
export type ExpressionLabel = 'cron' | 'every' | 'at' | 'timezone';

/** A stretch of an expression, with its place in the whole. */
export interface Part {
  readonly label: ExpressionLabel;
  /** The whole text as the user wrote it. */
  readonly expression: string;
  /** Where `text` begins in `expression`, in UTF-16 units. */
  readonly offset: number;
  readonly text: string;
}

export const wholeOf = (label: ExpressionLabel, expression: string): Part => ({
  label,
  expression,
  offset: 0,
  text: expression,
});

/** A stretch of a part, counted from the part's own start. */
export const sliceOf = (part: Part, start: number, end = part.text.length): Part => ({
  ...part,
  offset: part.offset + start,
  text: part.text.slice(start, end),
});

/** The stretch from the start of one part to the end of a later one. */
export const cover = (first: Part, last: Part): Part => ({
  ...first,
  text: first.expression.slice(first.offset, last.offset + last.text.length),
});

/** What stands between separators; an empty piece stays, so that it can be refused at its place. */
export function splitOn(part: Part, separator: ',' | '-' | '/'): Part[] {
  let start = 0;
  return part.text.split(separator).map((text) => {
    const piece = sliceOf(part, start, start + text.length);
    start += text.length + 1;
    return piece;
  });
}

/** The words between white space. */
export const wordsOf = (part: Part): Part[] =>
  [...part.text.matchAll(/\S+/g)].map((match) => sliceOf(part, match.index, match.index + match[0].length));

/** The part without white space at its ends; unchanged when there is nothing else. */
export function trimmed(part: Part): Part {
  const words = wordsOf(part);
  const [first] = words;
  const last = words.at(-1);
  return first === undefined || last === undefined ? part : cover(first, last);
}
