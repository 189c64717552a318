import {
  type ApiRequest,
  createScheduler,
  type Marks,
  type SavedMarks,
  type Scheduler,
  type SchedulerObserver,
  type SchedulerOptions,
  type SchedulerSnapshot,
  type Target,
} from '../../../lib/local/scheduler/index.ts';
import { type EpochMs, toIso } from '../../../lib/units.ts';
import { settle, VirtualClock } from '../../support/virtual-clock.ts';
import { WallClock } from './wall-clock.ts';

export const RESIDENCE = { region: 'eu-north-1', account: '000000000000' };
export const QUEUE = 'arn:aws:sqs:eu-north-1:000000000000:reports';
export const DEAD_LETTERS = 'arn:aws:sqs:eu-north-1:000000000000:undelivered';
export const ROLE = 'arn:aws:iam::000000000000:role/scheduler';

/** What CreateSchedule needs at least, as JSON on the wire. */
export const MINIMAL = {
  ScheduleExpression: 'cron(0 2 * * ? *)',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: { Arn: QUEUE, RoleArn: ROLE, Input: '<aws.scheduler.scheduled-time>' },
};

export interface Sent {
  readonly arn: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly at: string;
}

/** A target that keeps what it is sent, unless `refuse` has an error for it. */
export class RecordingTarget implements Target {
  readonly sent: Sent[] = [];
  refuse: (arn: string, body: string) => Error | undefined = () => undefined;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  async send(arn: string, body: string, attributes: Readonly<Record<string, string>>): Promise<void> {
    const at = toIso(this.#clock.now());
    const error = this.refuse(arn, body);
    if (error !== undefined) throw error;
    this.sent.push({ arn, body, attributes, at });
  }
}

export class MemoryMarks implements Marks {
  saved: SavedMarks = { marks: {} };

  async load(): Promise<SavedMarks> {
    return this.saved;
  }

  async save(saved: SavedMarks): Promise<void> {
    this.saved = saved;
  }
}

/** Notes every event as a line: `fired nightly 2026-03-29T02:00Z attempt 1`. */
export function noteEvents(): { readonly events: string[]; readonly observer: SchedulerObserver } {
  const events: string[] = [];
  const observer: SchedulerObserver = {
    onFired: (fire) => events.push(`fired ${fire.schedule.name} ${minute(fire.scheduledTime)} attempt ${fire.attempt}`),
    onDropped: (fire) => events.push(`dropped ${fire.schedule.name} ${minute(fire.scheduledTime)} ${fire.reason}`),
    onDeadLettered: (fire) =>
      events.push(`dead-lettered ${fire.schedule.name} ${minute(fire.scheduledTime)} after ${fire.attempts}`),
    onMissedWhileOff: (schedule, times) => events.push(`missed ${schedule.name} ${times.map(minute).join(' ')}`),
    onClockSetBack: (schedule, handledUntil) => events.push(`set back ${schedule.name} from ${minute(handledUntil)}`),
    onMarksNotSaved: (error) => events.push(`marks not saved: ${error}`),
  };
  return { events, observer };
}

export const minute = (instant: EpochMs): string => `${toIso(instant).slice(0, 16)}Z`;

export type SetupOptions = Partial<Omit<SchedulerOptions, 'clock' | 'target' | 'residence'>> & {
  readonly now: string;
  readonly snapshot?: SchedulerSnapshot;
};

/** A started scheduler on a clock of its own, `wall`, that is right as long as it is not set ahead of `clock`. */
export async function setup({ now, snapshot, ...options }: SetupOptions) {
  const clock = new VirtualClock(now);
  const wall = new WallClock(clock);
  const target = new RecordingTarget(clock);
  const { events, observer } = noteEvents();
  const scheduler = createScheduler({ residence: RESIDENCE, clock: wall, target, observer, ...options });
  if (snapshot !== undefined) scheduler.restore(snapshot);
  await scheduler.start();
  return {
    clock,
    wall,
    target,
    events,
    scheduler,
    ...callsOf(scheduler),
    /** When something was delivered, by the clock. */
    firedAt: () => target.sent.filter(({ arn }) => arn === QUEUE).map(({ at }) => at),
    /** The scheduled times that were delivered. */
    scheduledTimes: () => events.filter((event) => event.startsWith('fired')).map((event) => event.split(' ')[2]),
  };
}

type Member = Record<string, unknown>;

/** Calls of the API without an HTTP client; each throws when it is refused. */
export function callsOf(scheduler: Pick<Scheduler, 'handle'>) {
  return {
    create: (name: string, settings: Member = {}) =>
      call(scheduler, { method: 'POST', path: `/schedules/${name}`, body: { ...MINIMAL, ...settings } }),
    update: (name: string, settings: Member = {}) =>
      call(scheduler, { method: 'PUT', path: `/schedules/${name}`, body: { ...MINIMAL, ...settings } }),
    remove: (name: string) => call(scheduler, { method: 'DELETE', path: `/schedules/${name}` }),
    get: async (name: string): Promise<Member> =>
      JSON.parse(await call(scheduler, { method: 'GET', path: `/schedules/${name}` })),
  };
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: Member;
}

/** Resolves with the answer's body when what the call set off is done. */
async function call(scheduler: Pick<Scheduler, 'handle'>, { method, path, body }: Call): Promise<string> {
  const request: ApiRequest = {
    method,
    path,
    query: new URLSearchParams(),
    headers: {},
    body: body === undefined ? '' : JSON.stringify(body),
  };
  const response = scheduler.handle(request);
  if (response.status !== 200) throw new Error(`${response.headers['x-amzn-errortype']}: ${response.body}`);
  await settle();
  return response.body;
}

/** Seconds since 1970, as dates are sent. */
export const wireDate = (iso: string): number => Date.parse(iso) / 1000;
