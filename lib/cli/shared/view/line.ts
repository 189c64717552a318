import type { EpochMs } from '../../../units.ts';
import type { Colors } from '../terminal.ts';
import { timeOfDay } from './times.ts';

export type Paint = (text: string) => string;

/** A line of the log, but for its time. */
export interface Line {
  readonly verb: string;
  readonly paint: Paint;
  readonly subject: string;
  readonly text: string;
}

const VERB_WIDTH = 11;
const SUBJECT_WIDTH = 22;

/** A line in the columns of the log. Its texts are printed as they are: see `printable`. */
export function formatLine(at: EpochMs, { verb, paint, subject, text }: Line, colors: Colors): string {
  const head = `${colors.dim(timeOfDay(at))}  ${paint(verb.padEnd(VERB_WIDTH))}`;
  return `${head} ${subject.padEnd(SUBJECT_WIDTH)} ${text}`.trimEnd();
}
