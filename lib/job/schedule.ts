import type { EveryInterval } from '../cron/index.ts';
import type { CalendarDays } from './calendar.ts';
import type { Duration } from './duration.ts';
import type { Job } from './job.ts';
import type { SchedulePolicy } from './schedule-policy.ts';
import type { WarningName } from './warnings.ts';

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

/** What a schedule may say beside when and with what input. */
export interface ScheduleSettings {
  /** `true`, `false`, or the stages it is on in: `['prod']`. @default true */
  readonly enabled?: boolean | readonly string[];
  /**
   * How late the first attempt of a scheduled run may start, `'1 minute'` to `'24 hours'`; a later one is skipped
   * (`too-late`). EventBridge tries as long to deliver it.
   *
   * @default the job's `maxLateness`, else the shortest time between two due times, from 10 minutes to 24 hours
   */
  readonly maxLateness?: Duration;
  /**
   * What is done about due times that were missed: nothing, the latest one run, or up to so many of the newest (1 to
   * 100) run one after the other, the oldest first.
   *
   * @default 'none'
   */
  readonly catchUp?: 'none' | 'latest' | { readonly all: number };
  /**
   * EventBridge may fire this long after the due time, each schedule at a moment of its own, `'1 minute'` to `'24 hours'` in whole
   * minutes, less than the time between two due times. The scheduled time stays the due time.
   *
   * @default none
   */
  readonly spread?: Duration;
  /**
   * What becomes of due times that the zone's clocks skip in spring: `skip` leaves them out, as EventBridge does;
   * `runAfterGap` starts one run as soon as the clocks have changed. Only with `cron`.
   *
   * @default 'skip'
   */
  readonly dst?: SchedulePolicy['dst'];
  /** Days, in the schedule's zone, on which due times are skipped (`calendar`). @default none */
  readonly except?: CalendarDays;
  /** The only days, in the schedule's zone, on which due times are not skipped (`calendar`). @default all */
  readonly only?: CalendarDays;
  /**
   * Called (`POST`, with the run id) after each completed run, at most 3 seconds long, so that a watcher outside the
   * account notices when the calls stop. Its failure is logged and does not fail the run.
   */
  readonly pingUrl?: string;
  /** Warnings of the synthesis that are all right here, by name, each with the reason. */
  readonly acknowledge?: Readonly<Partial<Record<WarningName, string>>>;
}

/** What `schedule` takes: when, with what input, where it is switched on, and what is done about late and missed runs. */
export type ScheduleOptions<Input> = ScheduleTiming & InputField<Input> & ScheduleSettings;

/** One entry of `infra/schedules.ts`: which job, when, in which time zone, with what input. */
export interface Schedule {
  readonly job: Job;
  readonly options: ScheduleTiming & ScheduleSettings & { readonly input?: unknown };
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
