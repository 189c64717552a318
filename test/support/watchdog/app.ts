import { defineJob, type InputSchema, type Job } from '../../../lib/job/job.ts';
import { type JobPolicy, policyOf, resolvePolicy } from '../../../lib/job/policy.ts';
import { namedExpressions } from '../../../lib/job/schedule-names.ts';
import type { SchedulePolicy } from '../../../lib/job/schedule-policy.ts';
import { longestWait } from '../../../lib/run/longest-wait.ts';
import { scheduleTargetInput } from '../../../lib/run/message.ts';
import type { EpochMs } from '../../../lib/units.ts';
import type { WatchdogPlan, WatchedJob, WatchedSchedule } from '../../../lib/watchdog/plan.ts';
import { minutes } from '../requests.ts';
import type { FakeEventBridge } from './event-bridge.ts';

/** A schedule of a test: by default due every night at two. */
export interface TestSchedule extends Partial<SchedulePolicy> {
  /** @default 'report' */
  readonly job?: string;
  /** @default ['cron(0 2 * * ? *)'] */
  readonly expressions?: readonly string[];
  /** @default 'UTC' */
  readonly timezone?: string;
  /** @default true */
  readonly enabled?: boolean;
  /** @default false */
  readonly isOver?: boolean;
  readonly input?: unknown;
}

type JobDefinition = Partial<Omit<Job['definition'], 'run'>>;

/** What the source declares at one time: schedules by id, and the definitions of the jobs. */
export interface TestApp {
  readonly schedules: Readonly<Record<string, TestSchedule>>;
  /** By name. @default one job `report` without settings */
  readonly jobs?: Readonly<Record<string, JobDefinition>>;
  /** In minutes. @default 3 */
  readonly grace?: number;
  /** Where alerts go. @default nowhere */
  readonly channels?: Pick<WatchdogPlan, 'mailTopic' | 'hasOtherChannels'>;
}

const POLICY: SchedulePolicy = {
  maxLateness: minutes(10),
  catchUp: 0,
  spread: minutes(0),
  dst: 'skip',
  except: [],
  only: [],
};

/** The plan that synth would write for the watchdog. */
export function planOf({ schedules, jobs = { report: {} }, grace = 3, channels = {} }: TestApp): WatchdogPlan {
  return {
    grace: minutes(grace),
    prefix: 'app-dev',
    schedules: Object.entries(schedules).map(([id, schedule]) => watched(id, schedule)),
    jobs: Object.fromEntries(Object.entries(jobs).map(([name, definition]) => [name, watchedJob(name, definition)])),
    deliveryQueue: 'app-dev-undelivered',
    ...channels,
  };
}

function watchedJob(name: string, definition: JobDefinition): WatchedJob {
  const policy = policyOf(defineJob<InputSchema | undefined>(name, { ...definition, run: () => {} }));
  return {
    queue: `app-dev-${name}`,
    deadLetterQueue: `app-dev-${name}-dlq`,
    retention: minutes(90 * 1440),
    maxAttempts: policy.maxAttempts,
    longestWait: longestWait(policy),
    ...(definition.slow === undefined ? {} : { isSlowSilenced: true }),
  };
}

function watched(id: string, schedule: TestSchedule): WatchedSchedule {
  const {
    job = 'report',
    expressions = ['cron(0 2 * * ? *)'],
    timezone = 'UTC',
    enabled = true,
    isOver,
    ...rest
  } = schedule;
  const { input, ...policy } = rest;
  return {
    ...{ id, job, expressions, timezone, enabled, policy: { ...POLICY, ...policy } },
    ...(input === undefined ? {} : { input }),
    ...(isOver === undefined ? {} : { isOver }),
  };
}

/** Sets EventBridge up as the deployment of a plan does. */
export function deployTo(eventBridge: FakeEventBridge, plan: WatchdogPlan, now: EpochMs): void {
  const wanted = new Set<string>();
  for (const entry of plan.schedules) {
    const { id, job, timezone, enabled: isEnabled, input, isOver } = entry;
    if (isOver) continue;
    const body = scheduleTargetInput({ job, schedule: id, input });
    for (const { name, expression } of namedExpressions(plan.prefix, entry)) {
      wanted.add(name);
      eventBridge.put(name, { expression, timezone, isEnabled, body }, now);
    }
  }
  for (const name of eventBridge.names()) if (!wanted.has(name)) eventBridge.remove(name);
}

/** The policy of a test's job. */
export function jobPolicy(job: Job): JobPolicy {
  const resolved = resolvePolicy(job);
  if (!resolved.ok) throw new Error(resolved.problems.map(({ message }) => message).join());
  return resolved.policy;
}
