import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../clock.ts';
import { type Milliseconds, milliseconds, plus, toIso, toMilliseconds } from '../../../units.ts';
import { accountId } from '../../account.ts';
import type { FunctionModel } from '../../assembly/models.ts';
import { BundlePlaces } from './bundle-places.ts';
import { timedOut } from './function-errors.ts';
import type { LogLine } from './invocation.ts';
import type { Reaper } from './reaper.ts';
import { functionVariables } from './variables.ts';
import { WorkerProcess } from './worker-process.ts';
import type { FromWorker, FunctionError, ToWorker } from './worker-protocol.ts';

export interface EnvironmentOptions {
  readonly region: string;
  /** The front's origin, for `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  /** What `.belfry.env` sets. */
  readonly localVariables: Readonly<Record<string, string>>;
  readonly reaper: Reaper;
  readonly clock: Clock;
  readonly onLog: (line: LogLine) => void;
}

/** What an environment answers to a message: as the process said it, or that the process is no more. */
type Answer = Exclude<FromWorker, { kind: 'crashed' }> | { readonly kind: 'over'; readonly error: FunctionError };

interface Exchange {
  /** Outputs not yet read to their end: a reply on one channel may overtake what was written to another. */
  outputsAwaited: number;
  reply?: Answer;
  readonly settle: (answer: Answer) => void;
}

/** How long Lambda gives a module to load, beside the function's timeout. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
const initLimit = milliseconds(10_000);

/** How long the end of an output is waited for that the job has closed. */
const outputLimit = milliseconds(500);

/** How long a process may take to end after SIGTERM. */
const endLimit = milliseconds(300);

/**
 * One warm place for a function: a process that takes one invocation at a time.
 *
 * Between invocations it is stopped, as Lambda freezes it: a promise left behind goes on in the next one.
 */
export class ExecutionEnvironment {
  readonly logStream: string;
  /** Settles when the module has loaded, or has failed to. */
  readonly ready: Promise<Answer>;
  readonly #model: FunctionModel;
  readonly #options: EnvironmentOptions;
  readonly #process: WorkerProcess;
  readonly #places: BundlePlaces;
  /** Why the process ends or has ended. */
  #error: FunctionError | undefined;
  #hasEnded = false;
  #exchange: Exchange | undefined;
  #requestId: string | undefined;

  constructor(model: FunctionModel, options: EnvironmentOptions) {
    const day = toIso(options.clock.now()).slice(0, 10).replaceAll('-', '/');
    this.logStream = `${day}/[$LATEST]${randomBytes(16).toString('hex')}`;
    this.#model = model;
    this.#options = options;
    this.#places = new BundlePlaces(model.directory);
    this.#process = this.#start();
    const limit = milliseconds(initLimit + toMilliseconds(model.timeoutSeconds));
    this.ready = this.#ask(this.#startMessage(), { limit, outputs: 0 });
  }

  /** Whether its process has ended, or is about to. */
  get isOver(): boolean {
    return this.#error !== undefined;
  }

  /** @param event JSON */
  async invoke(requestId: string, event: string): Promise<Answer> {
    const ready = await this.ready;
    if (ready.kind !== 'ready') return ready;
    const limit = toMilliseconds(this.#model.timeoutSeconds);
    const deadline = plus(this.#options.clock.now(), limit);
    this.#requestId = requestId;
    this.#process.signal('SIGCONT');
    return this.#ask({ kind: 'invoke', requestId, event, deadline }, { limit, outputs: 2 });
  }

  /** Stops everything in it until the next invocation. */
  freeze(): void {
    this.#process.signal('SIGSTOP');
  }

  /** Writes a line into its log. */
  log(line: string, writtenBy: LogLine['writtenBy']): void {
    const requestId = this.#requestId === undefined ? {} : { requestId: this.#requestId };
    const { clock, onLog } = this.#options;
    onLog({ function: this.#model.name, writtenBy, logStream: this.logStream, ...requestId, line, at: clock.now() });
  }

  /** Ends its process and all that it has started. An invocation that runs ends with it. */
  async end(): Promise<void> {
    if (!this.#hasEnded) {
      // A stopped process gets the first when it has got the second.
      this.#process.signal('SIGTERM');
      this.#process.signal('SIGCONT');
    }
    const timer = this.#options.clock.after(endLimit, () => this.#process.signal('SIGKILL'));
    await this.#process.ended;
    timer.cancel();
  }

  #start(): WorkerProcess {
    const started = new WorkerProcess({
      ...this.#options,
      model: this.#model,
      variables: functionVariables({ ...this.#options, model: this.#model, logStream: this.logStream }),
      onLine: (line) => {
        for (const each of this.#places.read(line)) this.log(each, 'function');
      },
      onOutputEnd: (requestId) => this.#outputEnded(requestId),
      onMessage: (message) => this.#hear(this.#named(message)),
    });
    void started.ended.then((reason) => {
      this.#hasEnded = true;
      this.#error ??= reason;
      this.#exchange?.settle({ kind: 'over', error: this.#error });
    });
    return started;
  }

  #startMessage(): ToWorker {
    const { name, directory, handler, memoryMb, logGroup } = this.#model;
    const functionArn = `arn:aws:lambda:${this.#options.region}:${accountId}:function:${name}`;
    const context = { functionName: name, functionArn, memoryMb, logGroup, logStream: this.logStream };
    return { kind: 'start', directory, handler, ...context, marker: this.#process.marker };
  }

  #ask(message: ToWorker, { limit, outputs }: { limit: Milliseconds; outputs: number }): Promise<Answer> {
    return new Promise((resolve) => {
      if (this.#hasEnded && this.#error !== undefined) return resolve({ kind: 'over', error: this.#error });
      const timer = this.#options.clock.after(limit, () => {
        this.#error ??= timedOut(this.#model.timeoutSeconds);
        this.#process.signal('SIGKILL');
      });
      const settle = (answer: Answer) => {
        timer.cancel();
        this.#exchange = undefined;
        resolve(answer);
      };
      this.#exchange = { outputsAwaited: outputs, settle };
      this.#process.send(message);
    });
  }

  #hear(message: FromWorker): void {
    if (message.kind === 'crashed') {
      this.#error ??= message.error;
      return;
    }
    const exchange = this.#exchange;
    if (exchange === undefined) return;
    exchange.reply = message;
    if (exchange.outputsAwaited === 0) exchange.settle(message);
    else this.#options.clock.after(outputLimit, () => this.#exchange === exchange && exchange.settle(message));
  }

  /** The message with the places of a stack named by the sources. */
  #named(message: FromWorker): FromWorker {
    if (!('error' in message)) return message;
    const places = new BundlePlaces(this.#model.directory);
    return { ...message, error: { ...message.error, trace: message.error.trace.flatMap((line) => places.read(line)) } };
  }

  #outputEnded(requestId: string): void {
    const exchange = this.#exchange;
    if (exchange === undefined || requestId !== this.#requestId) return;
    exchange.outputsAwaited -= 1;
    if (exchange.outputsAwaited === 0 && exchange.reply !== undefined) exchange.settle(exchange.reply);
  }
}
