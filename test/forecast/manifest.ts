import { readWhen } from '../../lib/cron/index.ts';
import type { OverlapPolicy } from '../../lib/job/overlap.ts';
import type { SchedulePolicy } from '../../lib/job/schedule-policy.ts';
import type { Manifest, ManifestSchedule } from '../../lib/manifest.ts';
import { deployedTimeouts } from '../../lib/run/timeouts.ts';
import { DAY, epochMs, MINUTE, milliseconds } from '../../lib/units.ts';

export const at = (iso: string) => epochMs(Date.parse(iso));

export interface ScheduleOf {
  readonly job: string;
  readonly cron: string;
  readonly timezone?: string;
  readonly enabled?: boolean;
  readonly policy?: Partial<SchedulePolicy>;
}

export interface AppOf {
  /** By name: its overlap policy, and its timeout in minutes. */
  readonly jobs: Readonly<Record<string, readonly [OverlapPolicy, number]>>;
  /** By id. */
  readonly schedules: Readonly<Record<string, ScheduleOf>>;
}

/** What a simulation reads of an app, as synth would have it. */
export function manifestOf({ jobs, schedules }: AppOf): Pick<Manifest, 'app' | 'stage' | 'jobs' | 'schedules'> {
  return {
    app: 'shop',
    stage: 'dev',
    jobs: Object.entries(jobs).map(([name, [overlap, minutes]]) => {
      const timeout = milliseconds(minutes * MINUTE);
      return {
        name,
        group: '',
        policy: {
          timeout,
          maxAttempts: 3,
          backoff: { initial: timeout, factor: 2, max: timeout, jitter: 'full' },
          onTimeout: 'retry',
          overlap,
          memory: 512,
          concurrency: 10,
          retention: milliseconds(90 * DAY),
        },
        timeouts: deployedTimeouts({ timeout, maxAttempts: 3 }),
        resources: { function: name, queue: name, deadLetterQueue: `${name}-dlq`, logGroup: name },
      };
    }),
    schedules: Object.entries(schedules).map(([id, schedule]) => scheduleOf(id, schedule)),
  };
}

export function scheduleOf(
  id: string,
  { job, cron, timezone = 'UTC', enabled = true, policy }: ScheduleOf,
): ManifestSchedule {
  return {
    id,
    job,
    expressions: readWhen({ cron }, timezone).expressions,
    source: cron,
    timezone,
    enabled,
    policy: {
      maxLateness: milliseconds(600_000),
      catchUp: 0,
      spread: milliseconds(0),
      dst: 'skip',
      except: [],
      only: [],
      ...policy,
    },
  };
}
