import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
  type ScheduleSummary,
  UpdateScheduleCommand,
  type UpdateScheduleCommandInput,
} from '@aws-sdk/client-scheduler';
import { onTestFinished } from 'vitest';
import { createTick, type TickObserver, tickClients } from '../../lib/emulators/index.ts';
import { accountId, createBackends, defaultRegion, queueArn } from '../../lib/local/backends.ts';
import { type Front, type ServiceHandler, startFront } from '../../lib/local/gateway/index.ts';
import { createScheduler } from '../../lib/local/scheduler/index.ts';
import { servicesOf } from '../../lib/local/services.ts';
import { DAY, milliseconds } from '../../lib/units.ts';
import { RecordingTarget, ROLE } from '../local/scheduler/setup.ts';
import { WallClock } from '../local/scheduler/wall-clock.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';

export const GROUP = 'belfry-dev';
export const QUEUE = queueArn('reports', defaultRegion);
export const DEAD_LETTERS = queueArn('undelivered', defaultRegion);

/** What a schedule is made with unless a test says otherwise; its input says which due time a message is of. */
const SETTINGS = {
  ScheduleExpression: 'cron(0 * * * ? *)',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: { Arn: QUEUE, RoleArn: ROLE, Input: '<aws.scheduler.scheduled-time>' },
} as const;

type Settings = Partial<UpdateScheduleCommandInput>;

/** So long that a test sees the looks that it asks for and no other. */
const NO_POLL = milliseconds(400 * DAY);

export interface SetupOptions {
  readonly now: string;
  readonly pollEvery?: number;
  /** Queues that there are. @default both */
  readonly queues?: readonly string[];
  /** Comes before every service's own answer to a request. */
  readonly intercept?: (next: ServiceHandler) => ServiceHandler;
}

/**
 * A tick, not started, at an endpoint that stores schedules and never fires them; all on one virtual clock, but that the
 * tick's own, `wall`, can be set wrong.
 */
export async function setup({
  now,
  pollEvery = NO_POLL,
  queues = ['reports', 'undelivered'],
  intercept,
}: SetupOptions) {
  const clock = new VirtualClock(now);
  const wall = new WallClock(clock);
  const endpoint = await startEndpoint(clock, intercept);
  for (const QueueName of queues) endpoint.queues.ensure({ QueueName });

  const config = { endpoint: endpoint.origin, region: defaultRegion, credentials: endpoint.credentials };
  const clients = tickClients(config);
  const traffic = countTraffic(clients);
  const { events, observer } = noteEvents();
  const tick = createTick({ clients, groups: [GROUP], clock: wall, observer, pollEvery: milliseconds(pollEvery) });
  onTestFinished(async () => {
    await tick.stop();
    for (const client of Object.values(clients)) client.destroy();
  });

  return {
    ...endpoint,
    ...(await openApi(config)),
    clock,
    wall,
    tick,
    events,
    calls: traffic.calls,
    /** Moves time, and waits until nothing is under way any more that it has set off. */
    async advanceTo(instant: string) {
      await clock.advanceTo(instant);
      await traffic.quiet();
    },
  };
}

async function startEndpoint(clock: VirtualClock, intercept: SetupOptions['intercept'] = (next) => next) {
  const backends = await createBackends({ clock });
  const residence = { region: defaultRegion, account: accountId };
  const scheduler = createScheduler({ residence, clock, target: new RecordingTarget(clock) });
  const services = Object.fromEntries(
    Object.entries(servicesOf(backends, scheduler)).map(([name, service]) => [name, intercept(service)]),
  );
  const open = (port = 0): Promise<Front> => startFront({ services, control: { token: 'secret', handlers: {} }, port });

  let front = await open();
  onTestFinished(async () => {
    await front.close();
    await backends.close();
  });
  return {
    origin: front.origin,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    queues: backends.queues,
    goDown: () => front.close(),
    async comeBack() {
      front = await open(front.port);
    },
    /** What a queue holds, in the order of arrival. */
    async bodies(queue: string): Promise<readonly string[]> {
      const received: string[] = [];
      for (;;) {
        const batch = await backends.queues.receive(queue, { max: 10, wait: milliseconds(0) });
        if (batch.length === 0) return received;
        received.push(...batch.map(({ body }) => body));
      }
    },
  };
}

/** Calls of the endpoint's API by somebody else, such as a deployment. */
async function openApi(config: ConstructorParameters<typeof SchedulerClient>[0]) {
  const api = new SchedulerClient(config ?? {});
  onTestFinished(() => api.destroy());
  await api.send(new CreateScheduleGroupCommand({ Name: GROUP }));
  return {
    create: (Name: string, settings: Settings = {}) =>
      api.send(new CreateScheduleCommand({ ...SETTINGS, GroupName: GROUP, ...settings, Name })),
    update: (Name: string, settings: Settings = {}) =>
      api.send(new UpdateScheduleCommand({ ...SETTINGS, GroupName: GROUP, ...settings, Name })),
    remove: (Name: string) => api.send(new DeleteScheduleCommand({ GroupName: GROUP, Name })),
    async names() {
      const { Schedules = [] } = await api.send(new ListSchedulesCommand({ GroupName: GROUP }));
      return Schedules.map(({ Name }: ScheduleSummary) => Name);
    },
  };
}

type Clients = ReturnType<typeof tickClients>;

/** Counts what a tick's clients have under way, and notes what they call. */
function countTraffic({ scheduler, sqs }: Clients) {
  const calls: string[] = [];
  let underWay = 0;
  const count = async <Output>(call: string, send: () => Promise<Output>): Promise<Output> => {
    calls.push(call);
    underWay += 1;
    try {
      return await send();
    } finally {
      underWay -= 1;
    }
  };
  const step = { step: 'initialize' } as const;
  scheduler.middlewareStack.add(
    (next, { commandName }) =>
      (args) =>
        count(`${commandName}`, () => next(args)),
    step,
  );
  sqs.middlewareStack.add(
    (next, { commandName }) =>
      (args) =>
        count(`${commandName}`, () => next(args)),
    step,
  );
  return {
    calls,
    async quiet() {
      do await settle();
      while (underWay > 0);
    },
  };
}

/** Notes every event as a line: `fired nightly 2026-03-29T02:00:00Z`. */
function noteEvents() {
  const events: string[] = [];
  const observer: TickObserver = {
    onFired: ({ schedule, scheduledTime }) => events.push(`fired ${schedule.name} ${iso(scheduledTime)}`),
    onDropped: ({ schedule, scheduledTime, reason }) =>
      events.push(`dropped ${schedule.name} ${iso(scheduledTime)} ${reason}`),
    onDeadLettered: ({ schedule, scheduledTime }) =>
      events.push(`dead-lettered ${schedule.name} ${iso(scheduledTime)}`),
    onMissedWhileOff: (schedule, times) => events.push(`missed ${schedule.name} ${times.map(iso).join(' ')}`),
    onClockSetBack: (schedule, handledUntil) => events.push(`set back ${schedule.name} from ${iso(handledUntil)}`),
    onChange: (change) =>
      events.push(`${change.kind} ${change.schedule.name}${change.kind === 'unsupported' ? `: ${change.reason}` : ''}`),
    onTrouble: ({ kind, name }, error) => events.push(`trouble: ${kind} ${name}: ${(error as Error).name}`),
    onTroubleOver: ({ kind, name }) => events.push(`over: ${kind} ${name}`),
  };
  return { events, observer };
}

const iso = (instant: number): string => `${new Date(instant).toISOString().slice(0, 19)}Z`;
