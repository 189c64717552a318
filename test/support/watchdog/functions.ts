import type { AlertMessage, JobContext } from '../../../lib/job/context.ts';
import { defineJob, type InputSchema, type Job } from '../../../lib/job/job.ts';
import type { JobPolicy } from '../../../lib/job/policy.ts';
import type { Trigger } from '../../../lib/job/trigger.ts';
import { judge } from '../../../lib/lambda/admission.ts';
import { skipByCalendar } from '../../../lib/lambda/calendar-admission.ts';
import type { RunPorts } from '../../../lib/run/delivery.ts';
import { formatRunMessage, parseRunMessage } from '../../../lib/run/message.ts';
import type { DeadLetter } from '../../../lib/run/ports.ts';
import type { RunQueue } from '../../../lib/run/queue.ts';
import type { RunRecord } from '../../../lib/run/record.ts';
import { deployedTimeouts } from '../../../lib/run/timeouts.ts';
import { createDirectOnce } from '../../../lib/store/direct-once.ts';
import { MemoryLockStore } from '../../../lib/store/memory/memory-lock-store.ts';
import type { MemoryWatchStore } from '../../../lib/store/memory/memory-watch-store.ts';
import { GATES } from '../../../lib/testing/gates.ts';
import { milliseconds } from '../../../lib/units.ts';
import type { WatchedSchedule } from '../../../lib/watchdog/plan.ts';
import { deliver } from '../simulation/deliver.ts';
import { SimulatedProcess } from '../simulation/simulated-process.ts';
import { type Receipt, SimulatedQueue } from '../simulation/simulated-queue.ts';
import type { Timeline } from '../simulation/timeline.ts';
import { jobPolicy, type TestApp } from './app.ts';

/** What a job does with one execution, and after how many seconds. */
export interface Behaviour {
  /** `die`: its process is killed. `vanish`: it is killed and its queue is purged, so that its message does not come again. */
  readonly does: 'complete' | 'fail' | 'die' | 'vanish';
  readonly seconds: number;
}

/** One call of a job's code. */
export interface Execution {
  readonly run: string;
  readonly job: string;
  readonly trigger: Trigger;
  readonly attempt: number;
  readonly input: unknown;
  readonly startedAt: number;
  /** When it returned or threw, or its process was killed. */
  endedAt?: number;
  does: Behaviour['does'];
}

export interface FunctionsOptions {
  readonly timeline: Timeline;
  readonly store: MemoryWatchStore;
  /** The schedules as they are deployed at this moment. */
  readonly schedules: () => readonly WatchedSchedule[];
  readonly behave: (run: JobContext['run'], nth: number) => Behaviour;
  readonly random: () => number;
  /** Changes what runs are executed with. @default unchanged */
  readonly equip?: ((ports: RunPorts) => RunPorts) | undefined;
}

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** The queues and functions of all jobs: they receive and run the messages that are sent. */
export class Functions {
  readonly executions: Execution[] = [];
  readonly deadLetters: DeadLetter[] = [];
  readonly alerts: AlertMessage[] = [];
  readonly #queues = new Map<string, SimulatedQueue>();
  readonly #locks = new MemoryLockStore();
  readonly #options: FunctionsOptions;
  readonly #started = new Map<string, number>();
  #processes = 0;

  constructor(jobs: NonNullable<TestApp['jobs']>, options: FunctionsOptions) {
    this.#options = options;
    for (const [name, definition] of Object.entries(jobs)) {
      const job = defineJob<InputSchema | undefined>(name, { ...definition, run: () => {} });
      this.#queues.set(name, this.#queueOf(job, jobPolicy(job)));
    }
  }

  /** @throws Error for an unknown job */
  send(job: string, body: string): void {
    const queue = this.#queues.get(job);
    if (queue === undefined) throw new Error(`there is no queue of ${job}`);
    queue.send({ body, run: parseRunMessage(body).run });
  }

  /** Moves a dead letter back, as the console does. */
  redrive(job: string, { body, attempts }: Pick<DeadLetter, 'body' | 'attempts'>): void {
    this.#queues.get(job)?.send({ body, run: parseRunMessage(body).run, attempts });
  }

  /** Empties all queues of messages of a run. @returns how many there were */
  lose(run: string): number {
    return [...this.#queues.values()].reduce((sum, queue) => sum + queue.lose((each) => each.run === run), 0);
  }

  /** What a function sends to wake a run of its own job. */
  readonly #ownQueue: RunQueue = { send: async (run) => this.send(run.job, formatRunMessage(run)) };

  #queueOf(job: Job, policy: JobPolicy): SimulatedQueue {
    const { timeline, random } = this.#options;
    const { queueVisibility, maxReceiveCount } = deployedTimeouts(policy);
    const queue: SimulatedQueue = new SimulatedQueue({
      timeline,
      note: () => {},
      visibility: queueVisibility * 1000,
      maxReceiveCount,
      pollDelay: () => Math.floor(random() * 500),
      duplicateAfter: () => undefined,
      onReceive: (receipt) => void this.#invoke(job, policy, { receipt, queue }),
    });
    return queue;
  }

  #invoke(job: Job, policy: JobPolicy, { receipt, queue }: { receipt: Receipt; queue: SimulatedQueue }) {
    const { timeline } = this.#options;
    const deadline = timeline.now + deployedTimeouts(policy).functionTimeout * 1000;
    const id = `process-${++this.#processes}`;
    const process = new SimulatedProcess(id, { timeline, deadline, skew: 0, onDeath: () => {} });
    const ports = this.#portsFor(job, policy, process);
    return deliver(receipt, {
      process,
      ports,
      queue,
      network: { call: ({ apply }) => apply() },
      note: () => {},
      peekLock: () => this.#locks.peek(job.name),
    });
  }

  #portsFor({ name, definition }: Job, policy: JobPolicy, process: SimulatedProcess): RunPorts {
    const { store, random, equip = (ports) => ports } = this.#options;
    return equip({
      job: defineJob<InputSchema | undefined>(name, {
        ...definition,
        run: (input, context) => this.#execute(process, input, context),
      }),
      policy,
      clock: process.clock,
      random,
      once: createDirectOnce(store),
      runs: store,
      gate: GATES[policy.overlap]({ locks: this.#locks, runs: store, queue: this.#ownQueue }),
      reporter: {
        sendDeadLetter: async (deadLetter) => void this.deadLetters.push(deadLetter),
        alert: async (message) => void this.alerts.push(message),
      },
      observe: () => {},
      admit: (run) => this.#admit(run),
      describeFailure: ({ id }, { message }) => ({ subject: `${id} failed`, body: message }),
      surroundings: () => ({ log: SILENT, secret: async (secret) => secret, asset: (path) => path }),
    });
  }

  #admit(run: RunRecord) {
    const schedule = this.#options.schedules().find(({ id }) => id === run.schedule);
    if (schedule === undefined) return undefined;
    const { maxLateness, spread, except, only } = schedule.policy;
    const lateAfter = milliseconds(maxLateness + spread);
    return judge(run, { timezone: schedule.timezone, lateAfter, calendars: { except, only } }, skipByCalendar);
  }

  async #execute(process: SimulatedProcess, input: unknown, { run }: JobContext): Promise<unknown> {
    const { id, job, trigger, attempt } = run;
    const nth = this.#started.get(id) ?? 0;
    this.#started.set(id, nth + 1);
    const { does, seconds } = this.#options.behave(run, nth);
    const startedAt = this.#options.timeline.now;
    const execution: Execution = { run: id, job, trigger, attempt, input, startedAt, does };
    this.executions.push(execution);
    await process.sleep(seconds * 1000);
    execution.endedAt = this.#options.timeline.now;
    if (does === 'complete') return { done: true };
    if (does === 'fail') throw new Error('no connection');
    process.die();
    if (does === 'vanish') this.lose(id);
    return await new Promise(() => {});
  }
}
