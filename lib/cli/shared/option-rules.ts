import type { Command } from 'commander';
import { CommandError, EXIT } from './exit-codes.ts';

/** An option that does nothing by itself. */
export interface OptionRule {
  /** `--region` */
  readonly option: string;
  /** One of these must be given, too. */
  readonly goesWith: readonly string[];
}

/** Has a command refuse options that it would not act on. What excludes another is declared with commander's `conflicts`. */
export function refuseIdle(command: Command, rules: readonly OptionRule[]): Command {
  return command.hook('preAction', () => {
    const idle = rules.find(
      ({ option, goesWith }) => isGiven(command, option) && !goesWith.some((each) => isGiven(command, each)),
    );
    if (idle === undefined) return;
    throw new CommandError(`${idle.option} goes with ${idle.goesWith.join(' or ')}`, EXIT.usage);
  });
}

/** Whether somebody has written it, which a default is not. */
function isGiven(command: Command, flag: string): boolean {
  const option = command.options.find(({ long }) => long === flag);
  if (option === undefined) throw new Error(`${command.name()} has no option ${flag}`);
  const source = command.getOptionValueSource(option.attributeName());
  return source === 'cli' || source === 'env';
}

/** Which deployment's table is read: of no meaning for this checkout's own. */
export const TABLE_RULES: readonly OptionRule[] = ['--region', '--app'].map((option) => ({
  option,
  goesWith: ['--stage', '--endpoint'],
}));
