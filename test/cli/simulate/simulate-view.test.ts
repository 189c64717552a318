import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import { formatSimulation } from '../../../lib/cli/simulate/simulate-view.ts';
import { simulate } from '../../../lib/forecast/simulate.ts';
import { milliseconds } from '../../../lib/units.ts';
import { type AppOf, at, manifestOf } from '../../forecast/manifest.ts';

const app: AppOf = {
  jobs: { report: ['skip', 10], sync: ['allow', 12], rare: ['skip', 1] },
  schedules: {
    'report-early': { job: 'report', cron: '25,35 2 * * *', timezone: 'Europe/Berlin' },
    'report-nightly': {
      job: 'report',
      cron: '30 2 * * *',
      timezone: 'Europe/Berlin',
      policy: { dst: 'runAfterGap', except: [{ name: 'easter', days: ['2027-03-26'] }] },
    },
    'sync-often': { job: 'sync', cron: '*/5 * * * *' },
    'rare-off': { job: 'rare', cron: '0 0 1 1 *', enabled: false },
  },
};

function shown({ from, to, width = 100, of = app }: { from: string; to: string; width?: number; of?: AppOf }): string {
  const simulation = simulate({
    manifest: manifestOf(of),
    period: { from: at(from), to: at(to) },
    timezone: 'Europe/Berlin',
    includesDisabled: false,
    runLengths: new Map([['sync', { length: milliseconds(401_000), basis: 'p95', completedRuns: 812 }]]),
  });
  return formatSimulation(simulation, { colors: pc.createColors(false), width, source: 'the records of .belfry' });
}

describe('a simulated period', () => {
  test('is shown with hours, totals, busiest minutes, overlaps and clock changes', () => {
    expect(shown({ from: '2027-03-25T23:00:00Z', to: '2027-03-29T22:00:00Z' })).toMatchInlineSnapshot(`
      "shop-dev, from Fri 2027-03-26 00:00 to Tue 2027-03-30 00:00 Europe/Berlin (4 days)
      1 schedule is disabled in stage dev and left out: rare-off (--all counts them)

      Runs by hour of the day, Europe/Berlin
        JOB    00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23    RUNS
        sync   48 48 36 48 48 48 48 48 48 48 48 48 48 48 48 48 48 48 48 48 48 48 48 48    1140
        report  ·  ·  8  1  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·       9

      Schedules
        SCHEDULE        JOB      DUE  SKIPPED BY CALENDAR  RUNS  AFTER GAP  OVERLAPPING
        sync-often      sync    1140                    0  1140          0         1139
        report-early    report     6                    0     6          0            0
        report-nightly  report     4                    1     3          1            2

      Busiest minutes
        Fri 2027-03-26 02:25  2 runs: report-early, sync-often
        Fri 2027-03-26 02:35  2 runs: report-early, sync-often
        Sat 2027-03-27 02:25  2 runs: report-early, sync-often
        Sat 2027-03-27 02:30  2 runs: report-nightly, sync-often
        Sat 2027-03-27 02:35  2 runs: report-early, sync-often

      Overlaps, with lengths of runs from the records of .belfry
        JOB     A RUN LASTS  BY               POLICY  OVERLAPPING RUNS
        sync    7 minutes    p95 of 812 runs  allow   1139 of 1140 run beside others, 2 at once at most
          first: sync/2027-03-25T23:05Z/sync-often is due during sync/2027-03-25T23:00Z/sync-often
        report  10 minutes   timeout          skip    2 of 9 would be skipped
          first: report/2027-03-27T01:30Z/report-nightly is due during report/2027-03-27T01:25Z/report-early

      Clock changes
        Sun 2027-03-28  Europe/Berlin: clocks go from 02:00 to 03:00
          report-early: 02:25 and 02:35 are left out
          report-nightly: 02:30 does not exist: one run starts at 03:00 instead"
    `);
  });

  test('says of a job whose runs are taken to last until the timeout when that fails them', () => {
    const manifest = manifestOf(app);
    const jobs = manifest.jobs.map((job) => ({ ...job, policy: { ...job.policy, onTimeout: 'fail' as const } }));
    const period = { from: at('2027-03-25T23:00:00Z'), to: at('2027-03-26T23:00:00Z') };
    const runLengths = new Map([
      ['sync', { length: milliseconds(720_000), basis: 'timeout', completedRuns: 2 } as const],
    ]);
    const options = { period, timezone: 'UTC', includesDisabled: false, runLengths };
    const lines = formatSimulation(simulate({ ...options, manifest: { ...manifest, jobs } }), {
      colors: pc.createColors(false),
      width: 100,
      source: 'the records of .belfry',
    });

    expect(lines).toMatch(/sync +12 minutes +timeout, which fails it; only 2 completed +allow/);
    expect(lines).toMatch(/report +10 minutes +timeout, which fails it +skip/);
  });

  test('of less than a day is shown by its own hours, from the first', () => {
    const [, , , ...lines] = shown({ from: '2027-03-28T20:00:00Z', to: '2027-03-29T02:00:00Z' }).split('\n');

    expect(lines.slice(0, 4)).toMatchInlineSnapshot(`
      [
        "Runs by hour, Europe/Berlin",
        "  JOB    22 23 00 01 02 03    RUNS",
        "  sync   12 12 12 12 12 12      72",
        "  report  ·  ·  ·  ·  3  ·       3",
      ]
    `);
  });

  test('keeps to the width with several hours to a column', () => {
    const lines = shown({ from: '2027-01-01T00:00:00Z', to: '2028-01-01T00:00:00Z', width: 80 })
      .split('\n')
      .slice(3, 7);

    expect(lines).toMatchInlineSnapshot(`
      [
        "Runs by hour of the day, Europe/Berlin, 2 hours to a column",
        "  JOB      00   02   04   06   08   10   12   14   16   18   20   22    RUNS",
        "  sync   8760 8760 8760 8760 8760 8760 8760 8760 8760 8760 8760 8760  105120",
        "  report    · 1092    ·    ·    ·    ·    ·    ·    ·    ·    ·    ·    1092",
      ]
    `);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  test('of an app of many jobs shows the first forty', () => {
    const names = Array.from({ length: 50 }, (_, index) => `job-${index}`);
    const of: AppOf = {
      jobs: Object.fromEntries(names.map((name) => [name, ['skip', 1]])),
      schedules: Object.fromEntries(names.map((job) => [job, { job, cron: '0 * * * *' }])),
    };

    const text = shown({ from: '2027-03-02T00:00:00Z', to: '2027-03-02T02:00:00Z', of });

    expect(text.match(/… and 10 more; --json has them all/g)).toHaveLength(3);
    expect(text).toContain('50 runs: job-0, job-1, job-2, job-3, job-4 and 45 more');
  });

  test('without schedules says so', () => {
    expect(shown({ from: '2027-03-02T00:00:00Z', to: '2027-03-02T02:00:00Z', of: { jobs: {}, schedules: {} } })).toBe(
      'shop-dev, from Tue 2027-03-02 01:00 to Tue 2027-03-02 03:00 Europe/Berlin (2 hours)\n\nNothing is due.',
    );
  });
});
