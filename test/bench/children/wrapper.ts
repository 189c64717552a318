import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { systemClock } from '../../../lib/clock.ts';
import type { JobContext } from '../../../lib/job/context.ts';
import { defineJob } from '../../../lib/job/job.ts';
import { policyOf } from '../../../lib/job/policy.ts';
import { jobLog, toLog } from '../../../lib/observe/logger.ts';
import { createRunLog } from '../../../lib/observe/run-log.ts';
import type { RunPorts } from '../../../lib/run/delivery.ts';
import { executeRun } from '../../../lib/run/execute-run.ts';
import { createSkipGate } from '../../../lib/run/overlap/skip.ts';
import { scheduledRunId } from '../../../lib/run/run-id.ts';
import { deployedTimeouts } from '../../../lib/run/timeouts.ts';
import { createPowertoolsOnce } from '../../../lib/store/claim-layer.ts';
import { MemoryLockStore } from '../../../lib/store/memory/memory-lock-store.ts';
import { MemoryRunQueue } from '../../../lib/store/memory/memory-run-queue.ts';
import { MemoryRunStore } from '../../../lib/store/memory/memory-run-store.ts';
import { MINUTE, milliseconds, plus, toMilliseconds } from '../../../lib/units.ts';
import { DUE, scheduledRequest } from '../../support/requests.ts';

/** CPU time in milliseconds a run. */
export interface WrapperCosts {
  readonly first: number;
  readonly warm: readonly number[];
  readonly bare: readonly number[];
}

const BATCH = 1000;
const BATCHES = 5;

const job = defineJob('report', { run() {} });
const context = { getRemainingTimeInMillis: (): number => MINUTE, functionName: 'report' } as Context;

/** Everything that a run is executed with in Lambda, its log lines and metrics included, but for what lies across the network. */
function createPorts(): RunPorts {
  const runs = new MemoryRunStore();
  const logger = new Logger({ serviceName: job.name });
  const writeMetrics = (line: string): unknown => process.stdout.write(`${line}\n`);
  return {
    job,
    policy: policyOf(job),
    clock: systemClock,
    random: Math.random,
    once: createPowertoolsOnce(runs, context),
    runs,
    gate: createSkipGate({ locks: new MemoryLockStore(), runs, queue: new MemoryRunQueue() }),
    reporter: { sendDeadLetter: async () => {}, alert: async () => {} },
    observe: createRunLog({ log: toLog(logger), deployment: 'bench-dev', writeMetrics }),
    describeFailure: () => ({ subject: '', body: '' }),
    surroundings: (run) => ({ log: jobLog(logger, run), secret: async (name) => name, asset: (path) => path }),
  };
}

let serial = 0;

async function execute(ports: RunPorts): Promise<void> {
  const scheduledTime = plus(DUE, milliseconds(MINUTE * serial++));
  const run = scheduledRunId(job.name, 'nightly', scheduledTime);
  const delivery = {
    request: scheduledRequest({ job: job.name, run, scheduledTime }),
    owner: crypto.randomUUID(),
    receiveCount: 1,
    deadline: plus(systemClock.now(), toMilliseconds(deployedTimeouts(ports.policy).functionTimeout)),
    logStream: 'stream',
    requestId: 'request',
  };
  const { disposition } = await executeRun(delivery, ports);
  if (disposition.kind !== 'acknowledge') throw new Error(`the run was not completed: ${disposition.kind}`);
}

async function cpuOf(times: number, action: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  for (let n = 0; n < times; n++) await action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / times;
}

async function measure(): Promise<WrapperCosts> {
  const ports = createPorts();
  const wrapped = () => execute(ports);
  const bare = async () => {
    await job.definition.run(undefined, {} as JobContext);
  };
  const first = await cpuOf(1, wrapped);
  await cpuOf(BATCH, wrapped);
  await cpuOf(BATCH, bare);

  const costs = { first, warm: [] as number[], bare: [] as number[] };
  for (let batch = 0; batch < BATCHES; batch++) {
    costs.warm.push(await cpuOf(BATCH, wrapped));
    costs.bare.push(await cpuOf(BATCH, bare));
  }
  return costs;
}

process.send?.(await measure());
