import type { EpochMs } from '../../../units.ts';
import type { Colors } from '../terminal.ts';
import { timeOfDay } from './times.ts';

export type Paint = (text: string) => string;

/** A line of the log, but for its time. */
export interface Line {
  readonly verb: string;
  readonly paint: Paint;
  readonly subject: string;
  /** Its further lines go below, indented. */
  readonly text: string;
}

const VERB_WIDTH = 11;
const SUBJECT_WIDTH = 22;
/** Before each further line of a text, so that none is taken for a line of the log. */
const BELOW = `\n${' '.repeat(12)}`;

/** A line in the columns of the log. Its texts are printed as they are: see `printable`. */
export function formatLine(at: EpochMs, { verb, paint, subject, text }: Line, colors: Colors): string {
  const head = `${colors.dim(timeOfDay(at))}  ${paint(verb.padEnd(VERB_WIDTH))}`;
  const own = subject.replaceAll(/\s+/g, ' ').padEnd(SUBJECT_WIDTH);
  return `${head} ${own} ${text.replaceAll('\n', BELOW)}`.trimEnd();
}
