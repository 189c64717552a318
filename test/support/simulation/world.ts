import { isDeepStrictEqual } from 'node:util';
import type { JobContext } from '../../../lib/job/context.ts';
import { defineJob } from '../../../lib/job/job.ts';
import type { JobPolicy } from '../../../lib/job/policy.ts';
import type { RunPorts } from '../../../lib/run/delivery.ts';
import { formatRunMessage } from '../../../lib/run/message.ts';
import type { LockStore, LockView, RunStore } from '../../../lib/run/ports.ts';
import type { RunQueue } from '../../../lib/run/queue.ts';
import { requestedRunId, scheduledRunId } from '../../../lib/run/run-id.ts';
import { deployedTimeouts } from '../../../lib/run/timeouts.ts';
import { GATES } from '../../../lib/testing/gates.ts';
import { DAY, epochMs, MINUTE, milliseconds } from '../../../lib/units.ts';
import type { Backend } from './backend.ts';
import { behave } from './behaviour.ts';
import { deliver } from './deliver.ts';
import type { Service } from './faults.ts';
import type { Event, Fact } from './journal.ts';
import { ENDS } from './judge-record.ts';
import { Network } from './network.ts';
import { type PlannedRun, type Scenario, START } from './scenario.ts';
import { SimulatedProcess } from './simulated-process.ts';
import { type DeadLetter, type Receipt, SimulatedQueue } from './simulated-queue.ts';
import { Timeline } from './timeline.ts';

const MOST_LAST_REDRIVES = 3;

/** The job of every simulation. */
export const JOB = 'report';

/** A queue, workers, stores and a job in virtual time. It drives the protocol and writes down what happens. */
export class World {
  readonly facts: Fact[] = [];
  readonly scenario: Scenario;
  readonly backend: Backend;
  readonly policy: JobPolicy;
  readonly queue: SimulatedQueue;
  readonly timeline = new Timeline(START);
  readonly #network: Network;
  readonly #plans = new Map<string, PlannedRun>();
  readonly #executions = new Map<string, number>();
  #processes = 0;
  #letters = 0;
  #eagerRedrives: number;
  /** The lock after the last call that was applied. */
  #lock: LockView = { again: [], waiting: [], asked: [] };
  #isCalm = false;
  #highestToken = new Map<string, number>();

  constructor(scenario: Scenario, backend: Backend) {
    const { random, faults } = scenario;
    this.scenario = scenario;
    this.backend = backend;
    this.policy = policyOf(scenario);
    this.#eagerRedrives = scenario.eagerRedrives;
    this.#network = new Network({ timeline: this.timeline, random, faults, note: (event) => this.note(event) });
    const { queueVisibility, maxReceiveCount } = deployedTimeouts(this.policy);
    this.queue = new SimulatedQueue({
      timeline: this.timeline,
      note: (event) => this.note(event),
      visibility: queueVisibility * 1000,
      maxReceiveCount,
      pollDelay: () => Math.floor(random.next() * 500),
      duplicateAfter: () =>
        !this.#isCalm && random.chance(scenario.duplicates) ? random.integer(0, 180_000) : undefined,
      onReceive: (receipt) => this.#invoke(receipt),
    });
  }

  /** Lets everything happen. @returns false when it does not come to rest */
  async run(): Promise<boolean> {
    for (const [index, plan] of this.scenario.runs.entries()) this.#plan(index, plan);
    for (const after of this.scenario.redrivesAfter) {
      this.timeline.at(START + after, () => this.#redrive(() => true));
    }
    if (!(await this.timeline.run())) return false;
    // The faults are over. Somebody moves back one dead letter of each run that SQS gave up meanwhile or that is still open.
    this.#isCalm = true;
    for (let round = 0; round < MOST_LAST_REDRIVES; round++) {
      const open: DeadLetter[] = [];
      for (const each of this.queue.deadLetters) {
        if (each.letter === undefined || !(await this.#hasEnded(each.run))) open.push(each);
      }
      this.#redrive((deadLetter) => deadLetter === open.find(({ run }) => run === deadLetter.run));
      if (!(await this.timeline.run())) return false;
    }
    return true;
  }

  note(event: Event): void {
    this.facts.push({ ...event, at: this.timeline.now });
  }

  async #hasEnded(run: string): Promise<boolean> {
    const record = await this.backend.peek(run);
    return record !== undefined && ENDS.includes(record.status);
  }

  #plan(index: number, plan: PlannedRun): void {
    const scheduledTime = epochMs(START + index * MINUTE);
    const run = plan.isRequested
      ? requestedRunId(JOB, scheduledTime, String(index).padStart(26, '0'))
      : scheduledRunId(JOB, 'nightly', scheduledTime);
    const made = plan.isRequested
      ? ({ schedule: null, trigger: 'manual' } as const)
      : ({ schedule: 'nightly', trigger: 'schedule' } as const);
    const of = { v: 1, run, job: JOB, scheduledTime, ...made, input: undefined } as const;
    this.#plans.set(run, plan);
    const instants = [...Array<number>(plan.copies).fill(plan.after), ...(plan.resentAfter ?? [])];
    for (const after of instants) {
      this.timeline.at(START + after, () => this.queue.send({ body: formatRunMessage(of), run }));
    }
  }

  /** One invocation of the function, in a process of its own. */
  #invoke(receipt: Receipt): void {
    const { random, skew } = this.scenario;
    const { timeline } = this;
    const id = `process-${++this.#processes}`;
    const process: SimulatedProcess = new SimulatedProcess(id, {
      timeline,
      deadline: timeline.now + deployedTimeouts(this.policy).functionTimeout * 1000,
      skew: Math.round((random.next() * 2 - 1) * skew),
      onDeath: () => this.note({ kind: 'died', process: id, storeCalls: process.storeCalls }),
    });
    this.note({ kind: 'received', message: receipt.message, run: receipt.run, process: id });
    const ports = this.#portsFor(process, receipt.run);
    void deliver(receipt, {
      process,
      ports,
      queue: this.queue,
      network: this.#network,
      note: (event) => this.note(event),
      peekLock: () => this.#lock,
    });
  }

  #portsFor(process: SimulatedProcess, run: string): RunPorts {
    const runs = this.#remote(process, 'runs', this.backend.runs, run) as RunStore;
    const locks = this.#remote(process, 'locks', this.backend.locks, run) as LockStore;
    const ports: RunPorts = {
      job: defineJob(JOB, { run: (_input, context) => this.#execute(process, context) }),
      policy: this.policy,
      clock: process.clock,
      random: () => this.scenario.random.next(),
      once: this.backend.once(runs),
      runs,
      gate: GATES[this.policy.overlap]({ locks, runs, queue: this.#queueFor(process) }),
      reporter: {
        sendDeadLetter: ({ body, attempts }) =>
          this.#world(process, 'sqs', 'dead-letter', () => {
            const letter = `letter-${++this.#letters}`;
            this.note({ kind: 'dead-letter', run, process: process.id, letter, attempts });
            this.#post({ body, run, letter, attempts });
          }),
        alert: () =>
          this.#world(process, 'world', 'alert', () => this.note({ kind: 'alert', run, process: process.id })),
      },
      observe: () => {},
      describeFailure: () => ({ subject: '', body: '' }),
      surroundings: () => ({ log: SILENT, secret: async (name) => name, asset: (path) => path }),
    };
    return this.backend.change?.(ports) ?? ports;
  }

  /** The job's own queue as a process sends to it. */
  #queueFor(process: SimulatedProcess): RunQueue {
    return {
      send: (request) =>
        this.#world(process, 'sqs', 'wake', () =>
          this.queue.send({ body: formatRunMessage(request), run: request.run }),
        ),
    };
  }

  /** A store as a process sees it: every call goes through the network, and what it changed is written down. */
  #remote(process: SimulatedProcess, service: Service, store: object, run: string): unknown {
    return new Proxy(store, {
      get: (target, name: string) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return (...args: unknown[]) =>
          this.#network.call({
            process,
            service,
            name,
            apply: async () => {
              const before = await this.backend.peek(run);
              const lock = service === 'locks' ? await this.backend.peekLock(JOB) : undefined;
              try {
                return await method.apply(target, args);
              } finally {
                if (lock !== undefined) {
                  this.#lock = await this.backend.peekLock(JOB);
                  this.note({ kind: 'lock', process: process.id, run, name, before: lock, after: this.#lock });
                }
                const after = await this.backend.peek(run);
                if (service === 'runs' && after !== undefined && !isDeepStrictEqual(after, before)) {
                  this.note({
                    kind: 'record',
                    process: process.id,
                    ...(before === undefined ? {} : { before }),
                    after,
                  });
                }
              }
            },
          });
      },
    });
  }

  #redrive(which: (deadLetter: DeadLetter) => boolean): void {
    this.queue.redrive(which, this.scenario.losesAttributes);
  }

  #post(deadLetter: DeadLetter): void {
    this.queue.deadLetters.push(deadLetter);
    if (this.#eagerRedrives-- <= 0) return;
    const delay = this.scenario.random.integer(0, 30_000);
    this.timeline.after(delay, () => this.#redrive((each) => each === deadLetter));
  }

  #world(process: SimulatedProcess, service: Service, name: string, action: () => void): Promise<void> {
    return this.#network.call({ process, service, name, apply: async () => action() });
  }

  async #execute(process: SimulatedProcess, context: JobContext): Promise<unknown> {
    const { id: run, attempt, fencingToken: token } = context.run;
    this.note({ kind: 'job-started', process: process.id, run, attempt, token, deadline: process.deadline });
    const nth = this.#executions.get(run) ?? 0;
    this.#executions.set(run, nth + 1);
    const { behaviours, duration } = this.#plans.get(run) as PlannedRun;
    const affect = () => this.#world(process, 'world', 'effect', () => this.#affect(process, run, token));
    try {
      const stage = { process, context, duration, affect };
      const result = await behave(behaviours[nth] ?? behaviours[behaviours.length - 1] ?? 'succeed', stage);
      this.note({ kind: 'job-ended', process: process.id, how: 'returned' });
      return result;
    } catch (error) {
      this.note({ kind: 'job-ended', process: process.id, how: 'threw' });
      throw error;
    }
  }

  /** Something outside that takes writes with fencing tokens: one for the job, or for each run where runs may overlap. */
  #affect(process: SimulatedProcess, run: string, token: number): void {
    const resource = this.policy.overlap === 'allow' ? run : JOB;
    const highest = this.#highestToken.get(resource) ?? 0;
    this.note({ kind: 'effect', process: process.id, isAccepted: token >= highest });
    this.#highestToken.set(resource, Math.max(highest, token));
  }
}

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

function policyOf({ overlap, onTimeout, maxAttempts, timeoutSeconds }: Scenario): JobPolicy {
  return {
    timeout: milliseconds(timeoutSeconds * 1000),
    maxAttempts,
    backoff: { initial: milliseconds(30_000), factor: 2, max: milliseconds(900_000), jitter: 'full' },
    onTimeout,
    overlap,
    memory: 128,
    concurrency: 10,
    retention: milliseconds(90 * DAY),
  };
}
