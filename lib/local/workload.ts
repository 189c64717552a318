import { systemClock } from '../lambda/system-clock.ts';
import { milliseconds } from '../units.ts';
import type { Assembly, FunctionModel, MappingModel } from './assembly/index.ts';
import { queueArn } from './backends/index.ts';
import type { CloudObserver } from './events.ts';
import { readFunctionLine } from './function-line.ts';
import { createEventSourceMapping, type EventSourceMapping } from './mapping/index.ts';
import type { Services } from './open-services.ts';
import type { AlarmState } from './summary.ts';
import {
  createFunctionPool,
  type FunctionPool,
  type InvocationResult,
  type LogLine,
  startReaper,
} from './workers/index.ts';

/** The functions of an app, the queues that feed them, and the alarms that watch them. */
export interface Workload {
  start(): void;
  stop(): Promise<void>;
  /** Goes over to another version: what runs ends on the old one. */
  replace(assembly: Assembly, localVariables: Readonly<Record<string, string>>): Promise<void>;
  alarms(): readonly AlarmState[];
}

export interface WorkloadOptions {
  readonly services: Services;
  readonly observe: CloudObserver;
  readonly localVariables: Readonly<Record<string, string>>;
}

/** How long a stop waits for what runs: no function runs longer. */
const LONGEST_RUN = milliseconds(15 * 60_000);

/** Lines that Lambda writes itself about an invocation that failed; the result of the invocation tells the same. */
const LAMBDA_LINE = /^(\d{4}-\d\d-\d\dT[\d:.]+Z [0-9a-f-]{36} |ERROR Invoke Error )/;

export function createWorkload(first: Assembly, options: WorkloadOptions): Workload {
  const { services, observe } = options;
  const reaper = startReaper();
  const pools = new Map<string, FunctionPool>();
  let mappings: EventSourceMapping[] = [];
  let assembly = first;
  let isStarted = false;

  const jobOf = (functionName: string): string =>
    assembly.manifest.jobs.find(({ resources }) => resources.function === functionName)?.name ?? functionName;

  function onLog({ function: name, line, at }: LogLine): void {
    if (LAMBDA_LINE.test(line)) return;
    const event = readFunctionLine(jobOf(name), line, at);
    if (event !== undefined) observe(event);
  }

  function onInvocation(name: string, result: InvocationResult): void {
    if (result.kind !== 'failed') return;
    observe({ kind: 'function-failed', at: result.endedAt, job: jobOf(name), error: result.error.message });
  }

  function deployFunctions(models: readonly FunctionModel[], localVariables: Readonly<Record<string, string>>): void {
    for (const model of models) {
      const pool = pools.get(model.name);
      if (pool === undefined) pools.set(model.name, createPool(model, localVariables));
      else pool.replace(model);
    }
  }

  function createPool(model: FunctionModel, localVariables: Readonly<Record<string, string>>): FunctionPool {
    return createFunctionPool(model, {
      region: assembly.region,
      endpoint: services.endpoint,
      localVariables: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...localVariables },
      reaper,
      clock: systemClock,
      onLog,
      onInvocation: (result) => onInvocation(model.name, result),
    });
  }

  function createMapping(model: MappingModel): EventSourceMapping {
    return createEventSourceMapping({
      model,
      source: services.backends.queues,
      region: assembly.region,
      queueArn: queueArn(model.queueName, assembly.region),
      clock: systemClock,
      invoke: async (event) => {
        const pool = pools.get(model.functionName);
        if (pool === undefined) throw new Error(`there is no function ${model.functionName}`);
        return await pool.invoke(event);
      },
    });
  }

  deployFunctions(assembly.functions, options.localVariables);
  return {
    start() {
      isStarted = true;
      mappings = assembly.mappings.map(createMapping);
      for (const mapping of mappings) mapping.start();
    },
    async stop() {
      await Promise.all(mappings.map((mapping) => mapping.stop()));
      await Promise.all([...pools.values()].map((pool) => pool.close(LONGEST_RUN)));
      reaper.close();
    },
    async replace(next, localVariables) {
      assembly = next;
      deployFunctions(next.functions, localVariables);
      if (!isStarted) return;
      const kept = new Set(mappings.map(({ model }) => model.queueName));
      const added = next.mappings.filter(({ queueName }) => !kept.has(queueName)).map(createMapping);
      for (const mapping of added) mapping.start();
      mappings.push(...added);
    },
    alarms: () => [],
  };
}
