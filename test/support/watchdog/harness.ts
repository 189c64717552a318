import type { JobContext } from '../../../lib/job/context.ts';
import { withBundledAlerts } from '../../../lib/lambda/bundled-alerts.ts';
import type { Alert } from '../../../lib/observe/alert.ts';
import type { AlertStore } from '../../../lib/observe/alert-store.ts';
import type { WatchdogEvent } from '../../../lib/observe/events.ts';
import type { RunPorts } from '../../../lib/run/delivery.ts';
import { formatRunMessage } from '../../../lib/run/message.ts';
import type { RunRequest } from '../../../lib/run/ports.ts';
import { MemoryAlertStore } from '../../../lib/store/memory/memory-alert-store.ts';
import { type EpochMs, epochMs, type Seconds, seconds } from '../../../lib/units.ts';
import { type PassResult, runPass } from '../../../lib/watchdog/pass.ts';
import { beginPass, type Pass as PassContext } from '../../../lib/watchdog/pass-context.ts';
import type { WatchdogPlan } from '../../../lib/watchdog/plan.ts';
import type { WatchdogPorts } from '../../../lib/watchdog/ports.ts';
import { Timeline } from '../simulation/timeline.ts';
import { deployTo, planOf, type TestApp } from './app.ts';
import { FakeEventBridge } from './event-bridge.ts';
import { ForgetfulStore } from './forgetful-store.ts';
import { type Behaviour, Functions } from './functions.ts';

const MINUTE = 60_000;
/** How long after the minute the watchdog's pass begins. */
const PASS_AFTER = 10_000;

const OPTIONS = {
  stage: 'dev',
  showOption: '',
  cli: {
    queueUrls: 'https://sqs.eu-north-1.amazonaws.com/1/',
    queueArns: 'arn:aws:sqs:eu-north-1:1:',
    options: ' --region eu-north-1',
  },
};

/** How EventBridge delivers a due time's message. @default it arrives after five seconds */
export interface Firing {
  readonly seconds?: number;
  /** @default 1 */
  readonly copies?: number;
}

/** What a test may change while time goes on. */
export interface Circumstances {
  /** `undefined`: the message is lost. */
  fires: (name: string, at: EpochMs) => Firing | undefined;
  behaves: (run: JobContext['run'], nth: number) => Behaviour;
  /** Whether the watchdog's own schedule fires. */
  isWatching: boolean;
  /** Replaces the watchdog's ports. */
  between: (ports: WatchdogPorts) => WatchdogPorts;
  /** Whether a message that the watchdog sends is lost on its way. */
  losesSent: (run: string) => boolean;
  /** Whether SNS refuses messages. */
  refusesAlerts: () => boolean;
  /** Replaces what functions bundle their alerts with. */
  betweenSender: (sender: Sender) => Sender;
}

/** What a function bundles its alerts with. */
export interface Sender {
  readonly alerts: AlertStore;
  readonly publish: (alert: Alert) => Promise<void>;
}

/** One pass, and its result. */
export interface Pass {
  readonly at: EpochMs;
  readonly result?: PassResult;
  readonly error?: unknown;
}

/** A line that the watchdog has logged. */
export interface Logged {
  readonly event: WatchdogEvent;
  readonly at: EpochMs;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface HarnessOptions extends TestApp {
  /** ISO text; the app is deployed, and the watchdog's first pass begins soon after. */
  readonly start: string;
  /** From 0 up to 1. @default 0.5, always */
  readonly random?: () => number;
  /** Whether the functions of jobs bundle their alerts, as in a stage that sends alerts to people. @default false */
  readonly bundlesAlerts?: boolean;
}

/**
 * A deployment in virtual time: EventBridge fires, queues deliver, `executeRun` runs, and the watchdog has a pass every
 * minute. Each of them can be disturbed.
 */
export function createWatchdogHarness({ start, random = () => 0.5, bundlesAlerts = false, ...app }: HarnessOptions) {
  return new WatchdogHarness(app, epochMs(Date.parse(start)), { random, bundlesAlerts });
}

export class WatchdogHarness {
  readonly store = new ForgetfulStore();
  readonly eventBridge = new FakeEventBridge();
  readonly functions: Functions;
  readonly alertStore = new MemoryAlertStore();
  readonly alerts: Alert[] = [];
  /** When each of them was sent. */
  readonly alertedAt: EpochMs[] = [];
  readonly logged: Logged[] = [];
  readonly counts: { readonly job: string; readonly count: number; readonly at: EpochMs }[] = [];
  /** How many runs each pass has counted as waiting. */
  readonly waiting: { readonly count: number; readonly at: EpochMs }[] = [];
  /** How many messages the dead-letter queues have, by name. */
  readonly deadLetters = new Map<string, number>();
  /** How many messages the queues of jobs have that nothing has taken, by name. */
  readonly untaken = new Map<string, number>();
  readonly passes: Pass[] = [];
  /** Messages that the watchdog sent. */
  readonly sent: { readonly queue: string; readonly run: string; readonly trigger: string; readonly at: EpochMs }[] =
    [];
  readonly circumstances: Circumstances = {
    fires: () => ({}),
    behaves: () => ({ does: 'complete', seconds: 5 }),
    isWatching: true,
    between: (ports) => ports,
    losesSent: () => false,
    refusesAlerts: () => false,
    betweenSender: (sender) => sender,
  };
  readonly timeline: Timeline;
  readonly #random: () => number;
  #plan: WatchdogPlan;
  #deployed: WatchdogPlan;
  #nextMinute: number;

  constructor(
    app: TestApp,
    start: EpochMs,
    { random, bundlesAlerts }: Required<Pick<HarnessOptions, 'random' | 'bundlesAlerts'>>,
  ) {
    this.timeline = new Timeline(start);
    this.#random = random;
    this.#plan = planOf(app);
    this.#deployed = this.#plan;
    this.#nextMinute = Math.ceil(start / MINUTE) * MINUTE;
    this.functions = new Functions(app.jobs ?? { report: {} }, {
      timeline: this.timeline,
      store: this.store,
      schedules: () => this.#deployed.schedules,
      behave: (run, nth) => this.circumstances.behaves(run, nth),
      random,
      equip: bundlesAlerts ? (ports) => this.#bundled(ports) : undefined,
    });
    deployTo(this.eventBridge, this.#plan, start);
  }

  get now(): EpochMs {
    return epochMs(this.timeline.now);
  }

  get ports(): WatchdogPorts {
    return {
      store: this.store,
      alerts: this.alertStore,
      findDeployed: (name) => this.eventBridge.find(name),
      send: async (run, { delay = seconds(0) } = {}) => this.#send(run, delay),
      alert: (alert) => this.#publish(alert),
      log: (event, fields) => void this.logged.push({ event, fields, at: this.now }),
      countMissed: (job, count) => void this.counts.push({ job, count, at: this.now }),
      countWaiting: (count) => void this.waiting.push({ count, at: this.now }),
      countMessages: async (queue) => this.deadLetters.get(queue) ?? 0,
      countUntaken: async (queue) => this.untaken.get(queue) ?? 0,
      now: () => this.now,
      random: this.#random,
    };
  }

  /** Both halves of a deployment, at once. */
  deploy(app: TestApp): void {
    this.deploySchedules(app);
    this.deployWatchdog(app);
  }

  /** What a group's stack has: schedules in EventBridge, and what the functions know of them. */
  deploySchedules(app: TestApp): void {
    this.#deployed = planOf(app);
    deployTo(this.eventBridge, this.#deployed, this.now);
  }

  deployWatchdog(app: TestApp): void {
    this.#plan = planOf(app);
  }

  async advanceTo(iso: string): Promise<void> {
    await this.runUntil(Date.parse(iso));
  }

  async advanceBy(minutes: number): Promise<void> {
    await this.runUntil(this.timeline.now + minutes * MINUTE);
  }

  async runUntil(end: number): Promise<void> {
    for (; this.#nextMinute <= end; this.#nextMinute += MINUTE) {
      await this.timeline.runUntil(this.#nextMinute);
      this.#fire(epochMs(this.#nextMinute));
      this.timeline.after(PASS_AFTER, () => this.circumstances.isWatching && void this.runPass());
    }
    await this.timeline.runUntil(end);
  }

  sleep(length: number): Promise<void> {
    return new Promise((resolve) => this.timeline.after(length, resolve));
  }

  /** One step of a pass, now, with the state that the last pass saved. */
  async check<Findings>(step: (pass: PassContext) => Promise<Findings>): Promise<Findings> {
    const ports = this.circumstances.between(this.ports);
    return step(await beginPass(this.#plan, ports, { ...OPTIONS, dueAt: this.now }));
  }

  /** One pass of the watchdog, now. Does not throw. */
  async runPass(): Promise<Pass> {
    const at = this.now;
    const options = { ...OPTIONS, dueAt: at };
    const ports = this.circumstances.between(this.ports);
    const done: Pass = await runPass(this.#plan, ports, options).then(
      (result) => ({ at, result }),
      (error: unknown) => ({ at, error }),
    );
    this.passes.push(done);
    return done;
  }

  /** `missed 02:00 report/…`: the status and trigger of every record, oldest due time first. */
  story(): readonly string[] {
    return [...this.store.all()]
      .sort((one, other) => one.scheduledTime - other.scheduledTime || one.id.localeCompare(other.id))
      .map(({ id, status, trigger, reason, calendar, missedAt }) =>
        [id, status, reason, calendar, trigger, missedAt === undefined ? undefined : 'missed']
          .filter(Boolean)
          .join(' '),
      );
  }

  /** The ids of the runs that an event was logged of. */
  loggedRuns(event: WatchdogEvent): readonly unknown[] {
    return this.logged.filter((each) => each.event === event).map(({ fields }) => fields['runId']);
  }

  async #publish(alert: Alert): Promise<void> {
    if (this.circumstances.refusesAlerts()) throw new Error('SNS refuses');
    this.alerts.push(alert);
    this.alertedAt.push(this.now);
  }

  #bundled(ports: RunPorts): RunPorts {
    const sender = this.circumstances.betweenSender({
      alerts: this.alertStore,
      publish: (alert) => this.#publish(alert),
    });
    return withBundledAlerts(ports, sender.alerts, sender.publish);
  }

  #fire(minute: EpochMs): void {
    for (const { name, body } of this.eventBridge.dueAt(minute)) {
      const firing = this.circumstances.fires(name, minute);
      const { job } = JSON.parse(body) as { job: string };
      for (let copy = 0; copy < (firing === undefined ? 0 : (firing.copies ?? 1)); copy++) {
        this.timeline.after((firing?.seconds ?? 5) * 1000, () => this.functions.send(job, body));
      }
    }
  }

  #send(request: RunRequest, delay: Seconds): void {
    const { job, run, trigger } = request;
    this.sent.push({ queue: `app-dev-${job}`, run, trigger, at: this.now });
    const body = formatRunMessage(request);
    if (!this.circumstances.losesSent(run)) this.timeline.after(delay * 1000, () => this.functions.send(job, body));
  }
}
