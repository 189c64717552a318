/** What every command's exit code says. */
export const EXIT = {
  done: 0,
  /** The run ended other than completed. */
  runNotCompleted: 1,
  /** Some lines of an import were not understood; the rest is done. */
  notAllUnderstood: 1,
  /** Wrong usage or input. */
  usage: 2,
  /** Not reachable, not permitted, or already taken. */
  unavailable: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with a message for people and an exit code, without a stack trace. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
