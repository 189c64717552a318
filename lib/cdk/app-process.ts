import { inspect } from 'node:util';
import { countdown } from '../app/loading/countdown.ts';
import { describeHang } from '../app/loading/describe-hang.ts';
import { describeCodeError } from '../app/loading/describe-import-error.ts';
import { IMPORT_RULE } from '../app/loading/import-file.ts';
import { IMPORT_LIMIT } from '../app/loading/import-in-time.ts';
import { trackOpened } from '../app/loading/track-opened.ts';
import { placeOf, userFrame } from '../app/loading/user-frame.ts';
import { WITHOUT_NODE_WARNING } from '../environment.ts';
import { BelfryError } from '../errors.ts';
import type { Milliseconds } from '../units.ts';

/** With which Node ends a process that still awaits something at the top level of a module. */
const UNSETTLED = 13;

export interface GuardOptions {
  /** How long nothing may come of the app while something keeps it from ending. @default 30 seconds */
  readonly timeLimit?: Milliseconds | undefined;
  /** That messages name files from. @default the current folder, in which the CDK CLI starts an app */
  readonly directory?: string;
}

let guard: AppGuard | undefined;

/**
 * Makes sure that an app that `cdk synth` or the embedded cloud has started either is synthesized or fails, and says why:
 * one that ends early with success would leave an earlier template to be deployed, one that never ends would be waited for.
 * Errors of Belfry are printed without their stack, which would lead into Belfry and not to what the user has to change.
 *
 * Does nothing in any other process, such as a test's. May be called more than once: the first call's options count.
 */
export function guardAppProcess(options: GuardOptions = {}): void {
  if (process.env.CDK_OUTDIR === undefined) return;
  // For the clients that job files create.
  Object.assign(process.env, WITHOUT_NODE_WARNING);
  guard ??= new AppGuard(options);
}

/** To be called when a file is loaded or a deployment is defined: the time limit counts from then. */
export function noteProgress(): void {
  guard?.startTimer();
}

/** To be called when an assembly is written. */
export function noteSynthesis(): void {
  if (guard !== undefined) guard.isSynthesized = true;
}

class AppGuard {
  isSynthesized = false;
  /** Whether nothing was left to do, which is not so after process.exit. */
  #hasComeToItsEnd = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #timeLimit: Milliseconds;
  readonly #directory: string;
  readonly #tracked: ReturnType<typeof trackOpened>;

  constructor({ timeLimit = IMPORT_LIMIT, directory = process.cwd() }: GuardOptions) {
    this.#timeLimit = timeLimit;
    this.#directory = directory;
    this.#tracked = trackOpened(directory);
    process.once('beforeExit', () => {
      this.#hasComeToItsEnd = true;
    });
    process.on('exit', this.#onExit);
    process.on('uncaughtException', (error: unknown) => {
      const code = describeCodeError(error, directory);
      this.#fail(code ?? (error instanceof BelfryError ? error.message : inspect(error)));
    });
    this.startTimer();
  }

  /** The timer keeps nothing open itself: an app that nothing else does ends, and is synthesized. */
  startTimer(): void {
    clearInterval(this.#timer);
    const onTimeout = () => {
      const hang = describeHang({ after: this.#timeLimit, ...this.#tracked.opened() });
      this.#fail(`${hang}; loadJobs(folder, { timeLimit }) sets another limit`);
    };
    this.#timer = countdown(this.#timeLimit, onTimeout).unref();
  }

  #fail(message: string): void {
    say(message);
    process.off('exit', this.#onExit);
    process.exit(1);
  }

  readonly #onExit = (code: number): void => {
    // Node 20 gives the code to the process, and another to its listeners.
    if (this.#hasComeToItsEnd && (code === UNSETTLED || process.exitCode === UNSETTLED))
      say(describeHang(this.#tracked.opened()));
    if (this.isSynthesized || this.#hasComeToItsEnd) return;
    // An exit is announced while its caller still waits for it.
    const frame = userFrame(stackHere());
    // An app that gives up itself has said why.
    if (code !== 0 && (frame === undefined || frame.path === process.argv[1])) return;
    const where =
      frame === undefined ? 'process.exit is called' : `${placeOf(frame, this.#directory)} calls process.exit`;
    say(`the app ended before it was synthesized: ${where}; ${IMPORT_RULE}`);
    process.exitCode = code === 0 ? 1 : code;
  };
}

function stackHere(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = Number.POSITIVE_INFINITY;
  const { stack = '' } = new Error('exit');
  Error.stackTraceLimit = limit;
  return stack;
}

/** Prints what the user should know of the app, as `cdk synth` and `npm start` show it: a line each. */
export function printFindings({ warnings, notes }: { warnings: readonly string[]; notes: readonly string[] }): void {
  if (process.env.CDK_OUTDIR === undefined) return;
  for (const warning of warnings) say(`warning: ${warning}`);
  for (const note of notes) say(`note: ${note}`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
