import { isDeepStrictEqual } from 'node:util';
import { systemClock } from '../clock.ts';
import { WITHOUT_NODE_WARNING } from '../environment.ts';
import { ALERTS_FUNCTION, jobNames } from '../job/names.ts';
import { MINUTE, milliseconds, toIso } from '../units.ts';
import type { Assembly, FunctionModel, MappingModel } from './assembly/index.ts';
import { queueArn } from './backends.ts';
import { type Alarms, createAlarms, createJobNames } from './cloudwatch/index.ts';
import { describeCrash } from './describe-crash.ts';
import type { CloudObserver } from './events.ts';
import { readFunctionLine } from './function-line.ts';
import { createEventSourceMapping, type EventSourceMapping } from './lambda/mapping/index.ts';
import {
  createFunctionPool,
  type FunctionPool,
  type InvocationResult,
  type LogLine,
  startReaper,
} from './lambda/workers/index.ts';
import { withoutChannels } from './local-environment.ts';
import type { Services } from './open-services.ts';
import type { AlarmState } from './summary.ts';

type Variables = Readonly<Record<string, string>>;

export interface WorkloadOptions {
  readonly services: Services;
  readonly observe: CloudObserver;
  /** Whether schedules are kept from firing. @default false */
  readonly isHeld?: boolean | undefined;
}

/** How long a stop waits for what runs: no function runs longer. */
const MAX_RUN = milliseconds(15 * MINUTE);

/** The functions of an app, the queues that feed them, and the alarms that watch both. */
export class Workload {
  readonly #options: WorkloadOptions;
  readonly #reaper = startReaper();
  readonly #alarms: Alarms;
  readonly #pools = new Map<string, FunctionPool>();
  readonly #mappings = new Map<string, EventSourceMapping>();
  /** What an earlier version of the app left running. */
  readonly #retiring = new Set<Promise<void>>();
  #assembly: Assembly;
  #variables: Variables;
  #isStarted = false;

  constructor(options: WorkloadOptions, assembly: Assembly, variables: Variables) {
    this.#options = options;
    this.#assembly = assembly;
    this.#variables = variables;
    this.#alarms = this.#createAlarms();
    this.#deploy();
  }

  /** Begins to take messages and to evaluate alarms. */
  start(): void {
    this.#isStarted = true;
    this.#connect();
    this.#alarms.start();
  }

  /** Takes no more messages, waits for what runs, and ends every process. */
  async stop(): Promise<void> {
    this.#alarms.stop();
    for (const name of [...this.#mappings.keys()]) this.#disconnect(name);
    for (const name of [...this.#pools.keys()]) this.#retirePool(name);
    await Promise.all(this.#retiring);
    this.#reaper.close();
  }

  /** Goes over to another version of the app: what runs ends on the old one. */
  replace(assembly: Assembly, variables: Variables): void {
    this.#assembly = assembly;
    this.#variables = variables;
    const functions = new Set(assembly.functions.map(({ name }) => name));
    for (const name of [...this.#pools.keys()]) {
      if (!functions.has(name)) this.#retirePool(name);
    }
    this.#deploy();
    if (this.#isStarted) this.#connect();
  }

  alarms(): readonly AlarmState[] {
    return this.#alarms.states().map(({ name, job, state, since }) => ({ name, job, state, since: toIso(since) }));
  }

  #deploy(): void {
    for (const model of this.#assembly.functions) {
      const pool = this.#pools.get(model.name);
      if (pool === undefined) this.#pools.set(model.name, this.#createPool(model));
      else pool.replace(model, this.#localVariables(model));
    }
    const { alarms, queues } = this.#assembly;
    const { isHeld = false } = this.#options;
    const unsupported = this.#alarms.load(
      // Where nothing fires, silence is no reason for an alarm.
      alarms.filter(({ treatMissingData }) => !isHeld || treatMissingData !== 'breaching'),
      queues.map(({ name }) => name),
    );
    for (const { name, reason } of unsupported) {
      this.#options.observe({ kind: 'alarm-unsupported', at: systemClock.now(), alarm: name, reason });
    }
  }

  /** Brings the mappings to what the assembly says: those that are as they were go on undisturbed. */
  #connect(): void {
    const wanted = new Map(this.#assembly.mappings.map((model) => [model.queueName, model]));
    for (const [name, { model }] of this.#mappings) {
      if (!isDeepStrictEqual(model, wanted.get(name))) this.#disconnect(name);
    }
    for (const [name, model] of wanted) {
      if (this.#mappings.has(name)) continue;
      const mapping = this.#createMapping(model);
      this.#mappings.set(name, mapping);
      mapping.start();
    }
  }

  #disconnect(queueName: string): void {
    const mapping = this.#mappings.get(queueName);
    this.#mappings.delete(queueName);
    if (mapping !== undefined) this.#retire(mapping.stop());
  }

  #retirePool(name: string): void {
    const pool = this.#pools.get(name);
    this.#pools.delete(name);
    if (pool === undefined) return;
    // A message that is already here still needs its function.
    const mappings = [...this.#retiring];
    this.#retire(Promise.all(mappings).then(() => pool.close(MAX_RUN)));
  }

  #retire(ending: Promise<void>): void {
    const retired = ending.finally(() => this.#retiring.delete(retired));
    this.#retiring.add(retired);
  }

  #createPool(model: FunctionModel): FunctionPool {
    return createFunctionPool(model, {
      region: this.#assembly.region,
      endpoint: this.#options.services.endpoint,
      localVariables: this.#localVariables(model),
      reaper: this.#reaper,
      clock: systemClock,
      onLog: (line) => this.#hear(line),
      onInvocation: (result) => this.#count(model.name, result),
    });
  }

  #localVariables({ name }: FunctionModel): Variables {
    const isAlerts = name === jobNames(this.#assembly.manifest, ALERTS_FUNCTION).function;
    return { ...WITHOUT_NODE_WARNING, ...(isAlerts ? this.#variables : withoutChannels(this.#variables)) };
  }

  #createMapping(model: MappingModel): EventSourceMapping {
    const { region } = this.#assembly;
    return createEventSourceMapping({
      model,
      source: this.#options.services.backends.queues,
      region,
      queueArn: queueArn(model.queueName, region),
      clock: systemClock,
      invoke: async (event) => {
        const pool = this.#pools.get(model.functionName);
        if (pool === undefined) throw new Error(`there is no function ${model.functionName}`);
        return await pool.invoke(event);
      },
    });
  }

  #createAlarms(): Alarms {
    const { services, observe } = this.#options;
    const { queues, topics } = services.backends;
    return createAlarms({
      clock: systemClock,
      region: this.#assembly.region,
      levelsOf: (queue) => queues.counts(queue),
      notify: (topicArn, subject, message) => topics.publish({ topicArn, subject, message }),
      states: services.alarmStates,
      jobOf: (name) => createJobNames(this.#assembly.manifest)(name),
      observer: {
        onChange({ name, job, from, to, reason, at }) {
          // Every alarm begins without data and is OK a moment later: nobody needs to be told.
          if (from === 'INSUFFICIENT_DATA' && to === 'OK') return;
          observe({ kind: 'alarm', at, alarm: name, job, state: to, reason });
        },
      },
    });
  }

  #hear({ function: name, line, at, writtenBy }: LogLine): void {
    // What Lambda writes about an invocation that failed is told by the invocation's result.
    if (writtenBy === 'lambda' || this.#alarms.readLine(line, at)) return;
    this.#options.observe(readFunctionLine(this.#jobOf(name), line, at));
  }

  #count(name: string, result: InvocationResult): void {
    this.#alarms.countInvocation(name, result);
    if (result.kind !== 'failed') return;
    const { endedAt: at, error } = result;
    this.#options.observe({ kind: 'function-failed', at, job: this.#jobOf(name), ...describeCrash(error) });
  }

  #jobOf(functionName: string): string {
    return createJobNames(this.#assembly.manifest)(functionName) ?? functionName;
  }
}
