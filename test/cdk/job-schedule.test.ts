import { describe, expect, test } from 'vitest';
import { defineJob, schedule } from '../../lib/entry/belfry.ts';
import type { Duration } from '../../lib/job/duration.ts';
import type { ScheduleOptions } from '../../lib/job/schedule.ts';
import { jobFile, only, resourcesOf, synth, withoutWatchdog } from './support.ts';

const DAY = 86_400;

/** What EventBridge is given for one entry. */
function deployed(options: ScheduleOptions<undefined>, maxLateness?: Duration) {
  const job = defineJob('report', { ...(maxLateness === undefined ? {} : { maxLateness }), run() {} });
  const { template } = synth({ jobs: [jobFile(job)], schedules: { entry: schedule(job, options) } });
  return only(template, 'AWS::Scheduler::Schedule').Properties;
}

describe('how long EventBridge may spread the start', () => {
  test('is not at all, unless the entry says so', () => {
    expect(deployed({ every: '1 hour' }).FlexibleTimeWindow).toEqual({ Mode: 'OFF' });
  });

  test.each<{ spread: Duration; minutes: number }>([
    { spread: '1 minute', minutes: 1 },
    { spread: '90 minutes', minutes: 90 },
    { spread: '1.5 hours', minutes: 90 },
  ])('is $minutes minutes for $spread', ({ spread, minutes }) => {
    expect(deployed({ every: '1 day', spread }).FlexibleTimeWindow).toEqual({
      Mode: 'FLEXIBLE',
      MaximumWindowInMinutes: minutes,
    });
  });
});

describe('how long EventBridge tries to deliver', () => {
  const ageFor = (options: ScheduleOptions<undefined>, ofJob?: Duration): number =>
    deployed(options, ofJob).Target.RetryPolicy.MaximumEventAgeInSeconds;

  test.each<{ options: ScheduleOptions<undefined>; seconds: number }>([
    { options: { every: '1 minute' }, seconds: 600 },
    { options: { every: '5 minutes' }, seconds: 600 },
    { options: { every: '15 minutes' }, seconds: 900 },
    { options: { every: '1 hour' }, seconds: 3600 },
    { options: { every: '1 day' }, seconds: DAY },
    { options: { cron: '0 0 1 * *' }, seconds: DAY },
    { options: { cron: '0 9 * * *' }, seconds: DAY },
    // The day on which clocks go forward has 23 hours.
    { options: { cron: '0 9 * * *', timezone: 'Europe/Stockholm' }, seconds: DAY - 3600 },
    // Two due times of a day, six hours apart.
    { options: { cron: '0 9,15 * * *' }, seconds: 6 * 3600 },
    { options: { at: '2199-01-01T00:00' }, seconds: DAY },
  ])('is $seconds s for $options: until the next due time, from 10 minutes to a day', ({ options, seconds }) => {
    expect(ageFor(options)).toBe(seconds);
  });

  test("is the entry's maximum lateness before the job's, and the job's before the time to the next", () => {
    expect(ageFor({ every: '1 hour' }, '2 hours')).toBe(2 * 3600);
    expect(ageFor({ every: '1 hour', maxLateness: '1 minute' }, '2 hours')).toBe(60);
    expect(ageFor({ every: '1 hour', maxLateness: '24 hours' })).toBe(DAY);
  });

  test('is the same for both schedules of an entry in which either day field may match', () => {
    const job = defineJob('report', { run() {} });
    const options = { cron: '0 9 13 * 5', maxLateness: '3 hours', spread: '10 minutes' } as const;
    const { template } = synth({ jobs: [jobFile(job)], schedules: { paydays: schedule(job, options) } });

    const pair = resourcesOf(withoutWatchdog(template), 'AWS::Scheduler::Schedule').map(({ Properties }) => [
      Properties.Target.RetryPolicy.MaximumEventAgeInSeconds,
      Properties.FlexibleTimeWindow.MaximumWindowInMinutes,
    ]);

    // With the spread: AWS does not say from when on an event ages.
    const expected = [3 * 3600 + 600, 10];
    expect(pair).toEqual([expected, expected]);
  });

  test('is a number of attempts that never ends sooner', () => {
    expect(deployed({ every: '1 hour' }).Target.RetryPolicy.MaximumRetryAttempts).toBe(185);
  });
});
