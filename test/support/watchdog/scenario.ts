import type { SchedulePolicy } from '../../../lib/job/schedule-policy.ts';
import { milliseconds } from '../../../lib/units.ts';
import { Random } from '../simulation/random.ts';
import type { TestApp, TestSchedule } from './app.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How likely each disturbance is, from 0 up to 1. A scenario has some of them. */
export interface Odds {
  readonly dropped: number;
  readonly doubled: number;
  /** A message that comes up to five hours late, often just when the watchdog checks its due time. */
  readonly late: number;
  readonly killed: number;
  readonly vanished: number;
  readonly failed: number;
  /** A message of the watchdog's that is lost on its way. */
  readonly lost: number;
  /** A call of the watchdog's that breaks. */
  readonly broken: number;
  /** A call of the watchdog's after which its process is killed. */
  readonly died: number;
  /** A call of the watchdog's that takes up to twenty seconds. */
  readonly slow: number;
}

export interface Period {
  readonly from: number;
  readonly to: number;
}

/** A request for a run at a time, which nothing sends. */
export interface DelayedRequest {
  readonly job: string;
  readonly requestedAt: number;
  readonly sendAt: number;
}

/** A deployment whose two halves come one after the other. */
export interface Redeployment {
  readonly eventBridgeAt: number;
  readonly watchdogAt: number;
  readonly app: TestApp;
}

/** One world: what is deployed, what goes wrong until `end`, and chance. */
export interface WatchScenario {
  readonly seed: number;
  readonly random: Random;
  readonly start: number;
  readonly end: number;
  readonly app: TestApp;
  readonly redeployments: readonly Redeployment[];
  readonly odds: Odds;
  /** When the watchdog has no pass. */
  readonly unwatched: readonly Period[];
  /** When nothing fires. */
  readonly silent: readonly Period[];
  readonly delayed: readonly DelayedRequest[];
}

/** Ordinary days, and days on which clocks are set somewhere. */
const STARTS = [
  '2027-06-01T10:07:30Z',
  '2027-03-01T22:58:30Z',
  '2027-03-27T23:40:30Z',
  '2027-10-30T23:40:30Z',
  '2027-11-07T04:10:30Z',
  '2027-10-02T13:20:30Z',
] as const;
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'] as const;
const OFTEN = ['cron(* * * * ? *)', 'cron(0/5 * * * ? *)', 'cron(0/2 * * * ? *)'] as const;
const SELDOM = [
  'cron(0/15 * * * ? *)',
  'cron(7 * * * ? *)',
  'cron(0 0/2 * * ? *)',
  'cron(30 2 * * ? *)',
  'cron(15,45 0-12 * * ? *)',
  'cron(5/20 2 * * ? *)',
  'cron(0 3 * * ? *)',
] as const;

/** The world of a seed. @param sure what goes wrong in it in any case */
export function watchScenarioOf(seed: number, sure: Partial<Odds> = {}): WatchScenario {
  const random = new Random(seed);
  const start = Date.parse(random.pick(STARTS));
  const end = start + random.pick([1.5, 2, 3, 3, 5]) * HOUR;
  const app = appOf(random);
  const odds = { ...oddsOf(random), ...sure };
  const unwatched = random.chance(0.5) ? [periodOf(random, start, end)] : [];
  const silence = random.chance(0.6) ? unwatched[0] : undefined;
  // EventBridge knows only its last change: of two without a pass in between the first is lost.
  const maxRedeployments = unwatched.length > 0 || odds.broken + odds.died > 0.03 ? 1 : 2;
  return {
    seed,
    delayed: delayedOf(new Random(seed), app, { from: start, to: end }),
    random,
    start,
    end,
    app,
    odds,
    unwatched,
    silent: random.chance(0.5) ? [silence ?? periodOf(random, start, end)] : [],
    redeployments: random.chance(0.4)
      ? redeploymentsOf(random, app, { from: start, to: end }).slice(0, maxRedeployments)
      : [],
  };
}

/** Never in the first minutes: only after its first pass does the watchdog know from when on it watches. */
function periodOf(random: Random, start: number, end: number): Period {
  const from = random.integer(start + 3 * MINUTE, end - 20 * MINUTE);
  return { from, to: Math.min(end, from + random.integer(2 * MINUTE, 6 * HOUR)) };
}

function oddsOf(random: Random): Odds {
  const odds = (max: number) => (random.chance(0.4) ? max * random.next() : 0);
  return {
    dropped: odds(0.3),
    doubled: odds(0.3),
    late: odds(0.2),
    killed: odds(0.2),
    vanished: odds(0.2),
    failed: odds(0.4),
    lost: odds(0.9),
    broken: odds(0.02),
    died: odds(0.02),
    slow: odds(0.2),
  };
}

function appOf(random: Random): TestApp {
  const jobs = Object.fromEntries(
    ['a', 'b'].slice(0, random.integer(1, 2)).map((name) => [
      name,
      {
        timeout: '1 minute' as const,
        overlap: random.pick(['skip', 'skip', 'allow'] as const),
        retry: { maxAttempts: random.integer(1, 3), backoff: '1 minute' as const },
      },
    ]),
  );
  const names = Object.keys(jobs) as [string, ...string[]];
  const count = random.integer(1, 4);
  const schedules = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `s${index}`,
      { job: random.pick(names), ...scheduleOf(random, index === 0 && random.chance(0.5)) },
    ]),
  );
  return { jobs, schedules, grace: random.pick([3, 3, 5]) };
}

function scheduleOf(random: Random, isOften: boolean): TestSchedule {
  const policy: Partial<SchedulePolicy> = {
    maxLateness: milliseconds(random.pick([10, 30, 120]) * MINUTE),
    catchUp: random.pick([0, 0, 1, 1, 3]),
    spread: milliseconds(!isOften && random.chance(0.2) ? 10 * MINUTE : 0),
    dst: random.pick(['skip', 'runAfterGap'] as const),
    except: random.chance(0.2)
      ? [{ name: 'closed', days: [random.pick(['2027-03-28', '2027-06-01', '2027-10-31'])] }]
      : [],
  };
  return { ...policy, expressions: [random.pick(isOften ? OFTEN : SELDOM)], timezone: random.pick(ZONES) };
}

/** By chance of their own: without them the world of a seed is the same. */
function delayedOf(random: Random, { jobs = {} }: TestApp, { from, to }: Period): readonly DelayedRequest[] {
  return Array.from({ length: random.integer(0, 4) }, () => {
    const requestedAt = random.integer(from + 2 * MINUTE, to - 20 * MINUTE);
    const sendAt = requestedAt + random.pick([0, 0, random.integer(1, 60) * MINUTE, random.integer(1, 3_600_000)]);
    return { job: random.pick(Object.keys(jobs) as [string, ...string[]]), requestedAt, sendAt };
  });
}

/** One or two that change or disable a schedule, half an hour or more apart, their halves up to two minutes. */
function redeploymentsOf(random: Random, app: TestApp, { from, to }: Period): readonly Redeployment[] {
  const at = random.integer(from + 10 * MINUTE, to - 45 * MINUTE);
  const first = redeploymentOf(random, app, at);
  if (random.chance(0.5)) return [first];
  return [first, redeploymentOf(random, first.app, random.integer(at + 30 * MINUTE, to - 10 * MINUTE))];
}

function redeploymentOf(random: Random, { schedules, ...rest }: TestApp, at: number): Redeployment {
  const id = random.pick(Object.keys(schedules) as [string, ...string[]]);
  const before = schedules[id] ?? {};
  const changed: TestSchedule = random.chance(0.5)
    ? { ...before, expressions: [random.pick(SELDOM)], timezone: random.pick(ZONES) }
    : random.chance(0.5)
      ? { ...before, enabled: before.enabled === false }
      : { ...before, input: { at } };
  const app = { ...rest, schedules: { ...schedules, [id]: changed } };
  const skew = random.integer(-2 * MINUTE, 2 * MINUTE);
  return { app, eventBridgeAt: at, watchdogAt: at + skew };
}
