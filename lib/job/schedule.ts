import type { EveryInterval } from '../cron/index.ts';
import type { Job } from './job.ts';

/** When a schedule is due: exactly one of the three. */
export type ScheduleTiming =
  | {
      /** Five fields as in crontab, `@daily` and its kin, or EventBridge's `cron(…)` with six. */
      readonly cron: string;
      /** IANA name of the zone the expression is read in. @default 'UTC' */
      readonly timezone?: string;
      readonly every?: never;
      readonly at?: never;
    }
  | {
      /** An interval that divides an hour or a day; counted from midnight UTC, so every due time is known. */
      readonly every: EveryInterval;
      readonly timezone?: never;
      readonly cron?: never;
      readonly at?: never;
    }
  | {
      /** Once, at a local date and time, `2027-01-31T09:00`. */
      readonly at: string;
      /** IANA name of the zone the time is read in. @default 'UTC' */
      readonly timezone?: string;
      readonly cron?: never;
      readonly every?: never;
    };

type InputField<Input> = [Input] extends [undefined]
  ? { readonly input?: undefined }
  : undefined extends Input
    ? { readonly input?: Input }
    : { readonly input: Input };

/** What `schedule` takes: when, with what input, and where it is switched on. */
export type ScheduleOptions<Input> = ScheduleTiming &
  InputField<Input> & {
    /** `true`, `false`, or the stages it is on in: `['prod']`. @default true */
    readonly enabled?: boolean | readonly string[];
  };

/** One entry of `infra/schedules.ts`: which job, when, in which time zone, with what input. */
export interface Schedule {
  readonly job: Job;
  readonly options: ScheduleTiming & { readonly input?: unknown; readonly enabled?: boolean | readonly string[] };
}

/** The entries of a deployment by schedule id. */
export type Schedules = Readonly<Record<string, Schedule>>;

/**
 * Says when a job is due. A wrong or missing input does not compile; what the compiler cannot see is
 * checked at synth, where an error names the entry.
 *
 * @example
 * 'nightly-report-eu': schedule(nightlyReport, {
 *   cron: '0 2 * * *', timezone: 'Europe/Stockholm', input: { region: 'eu' },
 * })
 */
export function schedule<Input>(job: Job<Input>, options: ScheduleOptions<NoInfer<Input>>): Schedule {
  return Object.freeze({ job, options });
}
