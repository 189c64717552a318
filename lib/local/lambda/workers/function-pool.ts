import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../clock.ts';
import { type EpochMs, MINUTE, type Milliseconds, milliseconds, toIso, toMilliseconds } from '../../../units.ts';
import type { FunctionModel } from '../../assembly/models.ts';
import { type EnvironmentOptions, ExecutionEnvironment } from './execution-environment.ts';
import type { InvocationFacts, InvocationResult, Invoked } from './invocation.ts';
import type { FunctionError } from './worker-protocol.ts';

export interface FunctionPoolOptions extends EnvironmentOptions {
  /** Called with every result, before `invoke` returns it: the source of the function's metrics. */
  readonly onInvocation?: (result: InvocationResult) => void;
  /** How long an environment stays warm. Lambda does not say how long it does; minutes. @default 5 minutes */
  readonly idleAfter?: Milliseconds;
}

/** A Lambda function: as many processes as it has invocations at once. */
export interface FunctionPool {
  readonly name: string;
  /** Invocations that run now. */
  readonly running: number;
  /** @param event anything that JSON can carry */
  invoke(event: unknown): Promise<InvocationResult>;
  /**
   * Deploys: later invocations get the new code and settings, those that run end on the old.
   *
   * @param localVariables what `.belfry.env` sets now; default: as before
   */
  replace(model: FunctionModel, localVariables?: Readonly<Record<string, string>>): void;
  /** Takes no more work, waits so long for what runs, then ends every process. */
  close(within: Milliseconds): Promise<void>;
}

export function createFunctionPool(model: FunctionModel, options: FunctionPoolOptions): FunctionPool {
  return new Pool(model, options);
}

interface Idle {
  readonly environment: ExecutionEnvironment;
  readonly expiry: ReturnType<Clock['after']>;
}

const DEFAULT_IDLE_AFTER = milliseconds(5 * MINUTE);

class Pool implements FunctionPool {
  #options: FunctionPoolOptions;
  /** The longest unused first. */
  readonly #idle: Idle[] = [];
  readonly #running = new Map<ExecutionEnvironment, Promise<unknown>>();
  readonly #ending = new Set<Promise<void>>();
  #model: FunctionModel;
  #isClosed = false;

  constructor(model: FunctionModel, options: FunctionPoolOptions) {
    this.#model = model;
    this.#options = options;
  }

  get name(): string {
    return this.#model.name;
  }

  get running(): number {
    return this.#running.size;
  }

  async invoke(event: unknown): Promise<InvocationResult> {
    const result = await this.#tryToRun(JSON.stringify(event) ?? 'null');
    this.#options.onInvocation?.(result);
    return result;
  }

  replace(model: FunctionModel, localVariables = this.#options.localVariables): void {
    this.#model = model;
    this.#options = { ...this.#options, localVariables };
    for (const { environment, expiry } of this.#idle.splice(0)) {
      expiry.cancel();
      this.#end(environment);
    }
  }

  async close(within: Milliseconds): Promise<void> {
    this.#isClosed = true;
    await this.#allIdle(within);
    for (const { expiry } of this.#idle) expiry.cancel();
    const environments = [...this.#idle.splice(0).map(({ environment }) => environment), ...this.#running.keys()];
    for (const environment of environments) this.#end(environment);
    await Promise.all(this.#ending);
    await Promise.allSettled(this.#running.values());
  }

  #tryToRun(event: string): Promise<InvocationResult> {
    const reason = this.#reasonToThrottle();
    if (reason !== undefined) {
      return Promise.resolve({ kind: 'throttled', reason, at: this.#options.clock.now() });
    }
    const model = this.#model;
    const warm = this.#takeIdle();
    const environment = warm ?? new ExecutionEnvironment(model, this.#options);
    const invocation = this.#run(environment, { event, model, isColdStart: warm === undefined });
    this.#running.set(environment, invocation);
    return invocation;
  }

  #reasonToThrottle(): string | undefined {
    const { reservedConcurrency = Number.POSITIVE_INFINITY } = this.#model;
    if (this.#isClosed) return 'the embedded cloud is ending';
    if (this.#running.size >= reservedConcurrency)
      return `${reservedConcurrency} invocations run, as many as are allowed`;
    return undefined;
  }

  async #run(
    environment: ExecutionEnvironment,
    { event, model, isColdStart }: { event: string; model: FunctionModel; isColdStart: boolean },
  ): Promise<Invoked> {
    const { clock } = this.#options;
    await environment.ready;
    const startedAt = clock.now();
    const requestId = randomUUID();
    const answer = await environment.invoke(requestId, event);
    this.#running.delete(environment);
    if (answer.kind === 'succeeded' || answer.kind === 'failed') this.#giveBack(environment, model);
    else this.#end(environment);

    const facts = { ...factsOf(environment, requestId, { startedAt, endedAt: clock.now() }), isColdStart };
    if (answer.kind === 'succeeded') return { ...facts, kind: 'succeeded', payload: JSON.parse(answer.payload) };
    if (answer.kind === 'ready') throw new Error('an environment answered an invocation as if it had just started');
    const isTimeout = answer.error.type === 'Sandbox.Timedout';
    logFailure(environment, answer.error, facts);
    return {
      ...facts,
      duration: isTimeout ? toMilliseconds(model.timeoutSeconds) : facts.duration,
      kind: 'failed',
      error: answer.error,
    };
  }

  /** The one used last: the others may then grow old. One whose process somebody else has ended is passed over. */
  #takeIdle(): ExecutionEnvironment | undefined {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      idle.expiry.cancel();
      if (!idle.environment.isOver) return idle.environment;
    }
    return undefined;
  }

  #giveBack(environment: ExecutionEnvironment, model: FunctionModel): void {
    if (this.#isClosed || model !== this.#model || environment.isOver) {
      this.#end(environment);
      return;
    }
    environment.freeze();
    const expiry = this.#options.clock.after(this.#options.idleAfter ?? DEFAULT_IDLE_AFTER, () => {
      this.#idle.splice(
        this.#idle.findIndex((idle) => idle.environment === environment),
        1,
      );
      this.#end(environment);
    });
    this.#idle.push({ environment, expiry });
  }

  #end(environment: ExecutionEnvironment): void {
    const ending = environment.end().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  #allIdle(within: Milliseconds): Promise<unknown> {
    return new Promise<void>((resolve) => {
      const timer = this.#options.clock.after(within, resolve);
      void Promise.allSettled(this.#running.values()).then(() => {
        timer.cancel();
        resolve();
      });
    });
  }
}

function factsOf(
  { logStream }: ExecutionEnvironment,
  requestId: string,
  { startedAt, endedAt }: { startedAt: EpochMs; endedAt: EpochMs },
): Omit<InvocationFacts, 'isColdStart'> {
  return { requestId, logStream, endedAt, duration: milliseconds(endedAt - startedAt) };
}

/** As Lambda's own lines in a function's log. */
function logFailure(environment: ExecutionEnvironment, error: FunctionError, facts: InvocationFacts): void {
  const { type, message, trace } = error;
  const isLambdas = type === 'Sandbox.Timedout' || type === 'Runtime.ExitError';
  const line = isLambdas
    ? `${toIso(facts.endedAt)} ${facts.requestId} ${message}`
    : `ERROR Invoke Error ${JSON.stringify({ errorType: type, errorMessage: message, stack: trace })}`;
  environment.log(line, 'lambda');
}
