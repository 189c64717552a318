import { CommandError, EXIT } from '../../shared/exit-codes.ts';
import { oneLine } from '../safe-text.ts';
import { type CrontabLine, isLikeEntry } from './lines.ts';

/** How many lines that no crontab has make up a file that is none. */
const MIN_OTHERS = 3;

/**
 * Refuses a file that is empty, or something else than a crontab: told line by line, it would fill the screen.
 *
 * @throws CommandError
 */
export function refuseOther(path: string, lines: readonly CrontabLine[]): void {
  if (lines.length === 0) {
    throw new CommandError(`${oneLine(path)} is empty: there is nothing to import`, EXIT.usage);
  }
  const entries = lines.flatMap((line) => (line.kind === 'entry' ? [line] : []));
  const [first] = entries;
  if (first === undefined || entries.length < MIN_OTHERS || entries.some(({ text }) => isLikeEntry(text))) return;
  throw new CommandError(
    `${oneLine(path)} is no crontab: none of its ${entries.length} lines is a schedule with a command, as 0 2 * * * <command> is; line ${first.number} is the first of them`,
    EXIT.usage,
  );
}
