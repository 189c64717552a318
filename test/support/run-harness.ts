import type { AlertMessage, JobContext } from '../../lib/job/context.ts';
import { defineJob, type InputSchema, type Job } from '../../lib/job/job.ts';
import { policyOf } from '../../lib/job/policy.ts';
import type { Delivery, Disposition, Executed, RunPorts } from '../../lib/run/delivery.ts';
import type { RunEvent } from '../../lib/run/events.ts';
import { executeRun } from '../../lib/run/execute-run.ts';
import { parseRunMessage } from '../../lib/run/message.ts';
import type { DeadLetter, LockStore, RunRequest, RunStore } from '../../lib/run/ports.ts';
import { deployedTimeouts } from '../../lib/run/timeouts.ts';
import { createDirectOnce } from '../../lib/store/direct-once.ts';
import { MemoryLockStore } from '../../lib/store/memory/memory-lock-store.ts';
import { MemoryRunQueue } from '../../lib/store/memory/memory-run-queue.ts';
import { MemoryRunStore } from '../../lib/store/memory/memory-run-store.ts';
import { GATES } from '../../lib/testing/gates.ts';
import { plus, toMilliseconds } from '../../lib/units.ts';
import { observed } from './observed.ts';
import { DUE, scheduledRequest, secondsOf } from './requests.ts';
import { VirtualClock } from './virtual-clock.ts';

type Definition = Partial<Omit<Job['definition'], 'run'>>;

export type RunFunction = (input: unknown, context: JobContext) => unknown;

/** The work of a job that never succeeds. */
export const fails: RunFunction = () => {
  throw new Error('no connection');
};

interface Extras extends Pick<RunPorts, 'admit' | 'ping'> {
  /** @default in memory */
  readonly stores?: { readonly runs?: RunStore; readonly locks?: LockStore };
  /** @default report */
  readonly name?: string;
}

/** A job over stores in memory and a clock that stands still, and everything that it leaves behind. */
export function createRunHarness(
  run: RunFunction,
  definition: Definition = {},
  { stores = {}, name = 'report', ...extras }: Extras = {},
) {
  const clock = new VirtualClock(plus(DUE, secondsOf(1)));
  const job = defineJob<InputSchema | undefined>(name, { ...definition, run });
  const policy = policyOf(job);
  const memory = stores.runs ?? new MemoryRunStore();
  const runs = observed(memory);
  const locks = observed(stores.locks ?? new MemoryLockStore());
  const sent = new MemoryRunQueue();
  const queue = observed(sent);
  const deadLetters: DeadLetter[] = [];
  const alerts: AlertMessage[] = [];
  const events: RunEvent[] = [];
  const reporter = observed({
    sendDeadLetter: async (deadLetter: DeadLetter) => void deadLetters.push(deadLetter),
    alert: async (message: AlertMessage) => void alerts.push(message),
  });
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const ports: RunPorts = {
    job,
    policy,
    clock,
    random: () => 0.5,
    once: createDirectOnce(runs.port),
    runs: runs.port,
    gate: GATES[policy.overlap]({ locks: locks.port, runs: runs.port, queue: queue.port }),
    reporter: reporter.port,
    observe: (event) => events.push(event),
    describeFailure: (record, error) => ({ subject: `${record.job} failed: ${error.message}`, body: record.id }),
    surroundings: () => ({ log, secret: async (name) => name, asset: (path) => path }),
    ...extras,
  };
  let deliveries = 0;

  return {
    clock,
    policy,
    ports,
    runs,
    locks,
    queue,
    /** The bodies of the messages that were sent to the job's own queue. */
    sent: () => sent.messages.map(({ body }) => parseRunMessage(body)),
    reporter,
    deadLetters,
    alerts,
    events,
    request: (overrides: Partial<RunRequest> = {}) =>
      scheduledRequest({ job: name, run: `${name}/2027-03-02T02:00Z/nightly`, ...overrides }),
    record: (runId = `${name}/2027-03-02T02:00Z/nightly`) => memory.get(runId),
    /** Executes a delivery at the clock's instant. */
    async deliver(
      request: RunRequest,
      overrides: Partial<Delivery> = {},
      equipped: RunPorts = ports,
    ): Promise<Disposition & Pick<Executed, 'mustExit'>> {
      const owner = `owner-${++deliveries}`;
      const deadline = plus(clock.now(), toMilliseconds(deployedTimeouts(policy).functionTimeout));
      const ids = { logStream: 'stream', requestId: `request-${deliveries}` };
      const delivery = { request, owner, receiveCount: 1, deadline, ...ids, ...overrides };
      const { disposition, mustExit } = await executeRun(delivery, equipped);
      return { ...disposition, mustExit };
    },
    eventNames: () => events.map(({ event }) => event),
  };
}

/** What a test resolves when it likes. */
export function deferred<Value = void>() {
  let resolve: (value: Value) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<Value>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
