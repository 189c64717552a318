import { describeProblem, InvalidExpressionError } from '../../cron/index.ts';
import { nearestFirst } from '../../nearest.ts';
import { CommandError, EXIT } from './exit-codes.ts';

/** The command's name, which stands before every message: carets on a second line move along with it. */
const NAME = 'belfry';

/** Reads what stands in an option. @throws CommandError with the carets of an expression or a zone that is refused */
export function readOrRefuse<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidExpressionError)) throw error;
    const message = describeProblem(error, NAME).slice(`${NAME}: `.length);
    throw new CommandError(message, EXIT.usage, { cause: error });
  }
}

/** Of many names a list would help nobody. */
const MAX_NAMED = 30;

/** What to say of a name that nothing has: the nearest one, and which there are. */
export function unknownName(what: string, name: string, known: readonly string[]): CommandError {
  const ordered = nearestFirst(name, known);
  const [nearest] = ordered;
  const guess = nearest === undefined ? '' : `; the nearest is "${nearest}"`;
  const all = known.length > MAX_NAMED ? `${ordered.slice(0, MAX_NAMED).join(', ')}, …` : known.join(', ') || 'none';
  return new CommandError(`there is no ${what} ${JSON.stringify(name)}${guess}. There are: ${all}`, EXIT.usage);
}
