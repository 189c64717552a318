import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEventBridge } from '../../lib/cron/index.ts';
import { type SimulationOptions, simulate, TooManyDueTimesError } from '../../lib/forecast/simulate.ts';
import type { Simulation } from '../../lib/forecast/simulation.ts';
import { epochMs, MINUTE, milliseconds } from '../../lib/units.ts';
import { type AppOf, at, manifestOf } from './manifest.ts';

function simulated(app: AppOf, from: string, to: string, options: Partial<SimulationOptions> = {}): Simulation {
  return simulate({
    manifest: manifestOf(app),
    period: { from: at(from), to: at(to) },
    timezone: 'UTC',
    includesDisabled: false,
    runLengths: new Map(),
    ...options,
  });
}

describe('a simulated period', () => {
  test('has its first minute, and not its last', () => {
    const app: AppOf = { jobs: { report: ['skip', 1] }, schedules: { hourly: { job: 'report', cron: '0 * * * *' } } };

    const { jobs } = simulated(app, '2027-03-02T02:00:00Z', '2027-03-02T05:00:00Z');

    expect(jobs[0]?.runs).toBe(3);
    expect(jobs[0]?.hours.slice(0, 6)).toEqual([0, 0, 1, 1, 1, 0]);
  });

  test('counts hours by the clocks of the zone that was asked for', () => {
    const app: AppOf = { jobs: { report: ['skip', 1] }, schedules: { daily: { job: 'report', cron: '30 22 * * *' } } };

    const { jobs } = simulated(app, '2027-03-27T00:00:00Z', '2027-03-29T00:00:00Z', { timezone: 'Europe/Berlin' });

    // 23:30 on the 27th; the clocks have gone forward when it is 22:30 in UTC again.
    expect([jobs[0]?.hours[23], jobs[0]?.hours[0]]).toEqual([1, 1]);
  });

  test('leaves out schedules that are disabled, unless all are asked for', () => {
    const app: AppOf = {
      jobs: { report: ['skip', 1], sync: ['skip', 1] },
      schedules: {
        on: { job: 'report', cron: '0 * * * *' },
        off: { job: 'sync', cron: '0 * * * *', enabled: false },
      },
    };
    const [from, to] = ['2027-03-02T00:00:00Z', '2027-03-03T00:00:00Z'];

    const [some, all] = [simulated(app, from, to), simulated(app, from, to, { includesDisabled: true })];

    expect([some.leftOut, some.schedules.map(({ id }) => id), some.jobs.length]).toEqual([['off'], ['on'], 1]);
    expect([all.leftOut, all.schedules.map(({ enabled }) => enabled), all.jobs.length]).toEqual([[], [true, false], 2]);
  });

  test('tells what calendars skip, and counts it as no run', () => {
    const except = [{ name: 'holidays', days: ['2027-03-26/2027-03-29'] }];
    const app: AppOf = {
      jobs: { report: ['skip', 1] },
      schedules: { nightly: { job: 'report', cron: '0 3 * * *', policy: { except } } },
    };

    const { schedules, busiestMinutes } = simulated(app, '2027-03-25T00:00:00Z', '2027-04-01T00:00:00Z');

    expect(schedules[0]).toMatchObject({ dueTimes: 7, skippedByCalendar: 4, runs: 3 });
    expect(busiestMinutes.map(({ at: minute }) => minute.slice(0, 10))).toEqual([
      '2027-03-25',
      '2027-03-30',
      '2027-03-31',
    ]);
  });

  test('tells what a change of the clocks does to each schedule of the zone', () => {
    const cron = '30 2 * * *';
    const app: AppOf = {
      jobs: { report: ['skip', 1] },
      schedules: {
        skips: { job: 'report', cron, timezone: 'Europe/Berlin' },
        'runs-after': { job: 'report', cron, timezone: 'Europe/Berlin', policy: { dst: 'runAfterGap' } },
        noon: { job: 'report', cron: '0 12 * * *', timezone: 'Europe/Berlin' },
      },
    };

    const { clockChanges, schedules } = simulated(app, '2027-03-28T00:00:00Z', '2027-03-29T00:00:00Z');

    const times = ['2027-03-28T02:30'];
    expect(clockChanges).toEqual([
      {
        timezone: 'Europe/Berlin',
        at: '2027-03-28T01:00:00.000Z',
        kind: 'gap',
        from: '2027-03-28T02:00',
        to: '2027-03-28T03:00',
        schedules: [
          { id: 'skips', dst: 'skip', times },
          { id: 'runs-after', dst: 'runAfterGap', times },
        ],
      },
    ]);
    expect(schedules.map(({ id, runs, afterGap }) => [id, runs, afterGap])).toEqual([
      ['skips', 0, 0],
      ['runs-after', 1, 1],
      ['noon', 1, 0],
    ]);
  });

  test('names the busiest minutes with their schedules, the earliest of equals first', () => {
    const app: AppOf = {
      jobs: { report: ['skip', 1], sync: ['skip', 1] },
      schedules: {
        hourly: { job: 'report', cron: '0 * * * *' },
        'six-hourly': { job: 'sync', cron: '0 */6 * * *' },
      },
    };

    const { busiestMinutes } = simulated(app, '2027-03-02T00:00:00Z', '2027-03-03T00:00:00Z');

    const both = ['hourly', 'six-hourly'];
    expect(busiestMinutes).toEqual([
      { at: '2027-03-02T00:00:00.000Z', runs: 2, schedules: both },
      { at: '2027-03-02T06:00:00.000Z', runs: 2, schedules: both },
      { at: '2027-03-02T12:00:00.000Z', runs: 2, schedules: both },
      { at: '2027-03-02T18:00:00.000Z', runs: 2, schedules: both },
      { at: '2027-03-02T01:00:00.000Z', runs: 1, schedules: ['hourly'] },
    ]);
  });

  test('has overlaps of runs of one job, whichever schedules they are of, by the length that is known', () => {
    const app: AppOf = {
      jobs: { report: ['skip', 1] },
      schedules: {
        often: { job: 'report', cron: '*/10 2 * * *' },
        once: { job: 'report', cron: '5 2 * * *' },
      },
    };
    const runLength = { length: milliseconds(7 * MINUTE), basis: 'p95', completedRuns: 50 } as const;

    const { jobs, schedules } = simulated(app, '2027-03-02T00:00:00Z', '2027-03-03T00:00:00Z', {
      runLengths: new Map([['report', runLength]]),
    });

    expect(jobs[0]?.overlap).toEqual({
      policy: 'skip',
      runLength,
      onTimeout: 'retry',
      overlapping: 1,
      mostAtOnce: 1,
      examples: [{ run: 'report/2027-03-02T02:05Z/once', during: 'report/2027-03-02T02:00Z/often' }],
    });
    expect(schedules.map(({ id, overlapping }) => [id, overlapping])).toEqual([
      ['often', 0],
      ['once', 1],
    ]);
  });

  test('is refused when nobody would wait for it', () => {
    const options: SimulationOptions = {
      manifest: manifestOf({
        jobs: { report: ['skip', 1] },
        schedules: { often: { job: 'report', cron: '* * * * *' } },
      }),
      period: { from: at('2027-03-02T00:00:00Z'), to: at('2027-03-03T00:00:00Z') },
      timezone: 'UTC',
      includesDisabled: false,
      runLengths: new Map(),
    };

    expect(() => simulate(options, 1439)).toThrow(TooManyDueTimesError);
    expect(simulate(options, 1440).jobs[0]?.runs).toBe(1440);
  });
});

test('a simulation finds what a look at every minute finds', () => {
  const crons = ['*/7 * * * *', '0 * * * *', '5,35 1-3 * * *', '*/20 * * * sun', '0 2 * * *', '59 23 * * *'];
  const entries = fc.record({
    job: fc.constantFrom('skips', 'allows'),
    cron: fc.constantFrom(...crons),
    timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York'),
  });
  const periods = fc.record({
    // Around both changes of Berlin's clocks in 2027, and of New York's in spring.
    from: fc.constantFrom('2027-03-27T20:00:00Z', '2027-10-30T20:00:00Z', '2027-03-14T03:00:00Z').map(at),
    hours: fc.integer({ min: 1, max: 30 }),
    length: fc.integer({ min: 1, max: 90 * MINUTE }).map(milliseconds),
  });

  fc.assert(
    fc.property(fc.array(entries, { minLength: 1, maxLength: 6 }), periods, (all, { from, hours, length }) => {
      const schedules = Object.fromEntries(all.map((entry, index) => [`s${index}`, entry]));
      const manifest = manifestOf({ jobs: { skips: ['skip', 1], allows: ['allow', 1] }, schedules });
      const period = { from, to: epochMs(from + hours * 60 * MINUTE) };
      const runLength = { length, basis: 'p95', completedRuns: 9 } as const;
      const runLengths = new Map(['skips', 'allows'].map((job) => [job, runLength]));

      const result = simulate({ manifest, period, timezone: 'UTC', includesDisabled: false, runLengths });

      const expected = byEveryMinute(manifest, period, length);
      expect(Object.fromEntries(result.schedules.map(({ id, runs }) => [id, runs]))).toEqual(expected.runs);
      expect(Object.fromEntries(result.jobs.map(({ name, overlap }) => [name, overlap.overlapping]))).toEqual(
        expected.overlapping,
      );
      expect(result.busiestMinutes[0]?.runs ?? 0).toBe(expected.mostInAMinute);
    }),
    { numRuns: 60 },
  );
});

/** Goes through the minutes with a list of what is going. */
function byEveryMinute(
  { jobs, schedules }: Pick<SimulationOptions['manifest'], 'jobs' | 'schedules'>,
  { from, to }: SimulationOptions['period'],
  length: number,
) {
  const entries = schedules.map(({ id, job, expressions, timezone }) => {
    const timetables = expressions.map((expression) => readEventBridge(expression, timezone));
    return { id, job, timetables };
  });
  const runs: Record<string, number> = Object.fromEntries(schedules.map(({ id }) => [id, 0]));
  const overlapping: Record<string, number> = Object.fromEntries(schedules.map(({ job }) => [job, 0]));
  const ends: Record<string, number[]> = { skips: [], allows: [] };
  let mostInAMinute = 0;
  for (let minute = from; minute < to; minute = epochMs(minute + MINUTE)) {
    let inThisMinute = 0;
    for (const { id, job, timetables } of entries) {
      if (!timetables.some((timetable) => timetable.next(epochMs(minute - 1)) === minute)) continue;
      inThisMinute++;
      runs[id] = (runs[id] ?? 0) + 1;
      const meets = ends[job]?.some((end) => end > minute) === true;
      if (meets) overlapping[job] = (overlapping[job] ?? 0) + 1;
      const isSkipped = meets && jobs.find(({ name }) => name === job)?.policy.overlap === 'skip';
      if (!isSkipped) ends[job]?.push(minute + length);
    }
    mostInAMinute = Math.max(mostInAMinute, inThisMinute);
  }
  return { runs, overlapping, mostInAMinute };
}
