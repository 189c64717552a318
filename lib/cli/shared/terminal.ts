import pc from 'picocolors';

export type Colors = ReturnType<typeof pc.createColors>;

/** Where a command writes. `say` is for people and may go beside the output of a machine. */
export interface Terminal {
  readonly colors: Colors;
  readonly print: (text: string) => void;
  readonly say: (text: string) => void;
}

/**
 * Output for people goes to standard output; where a machine reads that, to standard error.
 *
 * Colours follow the terminal, `NO_COLOR` and `FORCE_COLOR`.
 */
export function openTerminal({ isForMachine }: { readonly isForMachine: boolean }): Terminal {
  const people = isForMachine ? process.stderr : process.stdout;
  const isPlain = process.env['NO_COLOR'] !== undefined || (!people.isTTY && process.env['FORCE_COLOR'] === undefined);
  return {
    colors: pc.createColors(!isPlain),
    print: (text) => void process.stdout.write(`${text}\n`),
    say: (text) => void people.write(`${text}\n`),
  };
}
