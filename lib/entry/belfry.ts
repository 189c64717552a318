/** What a job file imports. */

export type { Calendar, CalendarDays, Days } from '../job/calendar.ts';
export { calendar } from '../job/calendar.ts';
export type { AlertMessage, JobContext, Log, RunInfo } from '../job/context.ts';
export type { Duration } from '../job/duration.ts';
export { NonRetryableError, RetryAfterError } from '../job/errors.ts';
export type { Job, JobDefinition } from '../job/job.ts';
export { defineJob } from '../job/job.ts';
export type { TimeoutChoice } from '../job/on-timeout.ts';
export type { OverlapPolicy } from '../job/overlap.ts';
export type { Schedule, ScheduleOptions, Schedules } from '../job/schedule.ts';
export { schedule } from '../job/schedule.ts';
