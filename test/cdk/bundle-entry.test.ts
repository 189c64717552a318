import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CheckedApp, checkApp } from '../../lib/app/check-app.ts';
import type { CheckedJob } from '../../lib/app/check-jobs.ts';
import { bundle } from '../../lib/cdk/bundle/bundle.ts';
import { jobEntry, watchdogEntry } from '../../lib/cdk/bundle/entry.ts';
import { describeWatchdog } from '../../lib/cdk/watchdog.ts';
import { defineJob, schedule } from '../../lib/entry/belfry.ts';
import type { Job } from '../../lib/job/job.ts';
import { OVERLAP_POLICIES } from '../../lib/job/overlap.ts';
import type { Schedules } from '../../lib/job/schedule.ts';
import { epochMs } from '../../lib/units.ts';
import { STAGES } from '../support/stages.ts';
import { createFolder, jobFile, report } from './support.ts';

const other = defineJob('other', { run() {} });
const nightly = schedule(report, { cron: '0 2 * * *', timezone: 'Europe/Stockholm' });

function check(schedules: Schedules, functionsDirectory?: string, jobs: readonly Job[] = [report, other]): CheckedApp {
  const files = jobs.map((job) => {
    const file = jobFile(job);
    return functionsDirectory === undefined ? file : { ...file, path: join(functionsDirectory, `${job.name}.ts`) };
  });
  const now = epochMs(Date.parse('2026-06-01T12:00:00Z'));
  return checkApp({
    deployment: { app: 'shop', stage: 'dev' },
    stages: STAGES,
    files,
    schedules,
    now,
    readCalendarFile: () => [],
  });
}

function entryOf(name: string, schedules: Schedules, isEmulated = false): string {
  const checked = check(schedules);
  const job = checked.jobs.find((each) => each.name === name);
  if (job === undefined) throw new Error(`there is no job ${name}`);
  return jobEntry({ job, schedules: checked.schedules, isEmulated });
}

const importsOf = (source: string): readonly string[] =>
  [...source.matchAll(/^import .* from "(.*)";$/gm)].map(([, path = '']) => basename(path));

describe('the entry of a job', () => {
  const holidays = schedule(report, { every: '1 day', except: ['2026-12-24'] });
  const spread = schedule(report, { every: '1 day', spread: '10 minutes' });
  const pinged = schedule(report, { every: '1 day', pingUrl: 'https://hc-ping.com/1' });

  test.each<{ what: string; schedules: Schedules; isEmulated?: boolean; imports: readonly string[] }>([
    { what: 'nothing', schedules: { nightly }, imports: [] },
    { what: 'calendars, for days to leave out', schedules: { nightly, holidays }, imports: ['calendar-admission.ts'] },
    {
      what: 'calendars, for days to keep to',
      schedules: { dates: schedule(report, { every: '1 day', only: ['2026-12-24'] }) },
      imports: ['calendar-admission.ts'],
    },
    { what: 'calls after runs', schedules: { nightly, pinged }, imports: ['ping.ts'] },
    { what: 'guessed times', schedules: { nightly }, isEmulated: true, imports: ['emulated-record.ts'] },
    { what: 'due times within windows', schedules: { nightly, spread }, imports: ['spread-record.ts'] },
    {
      what: 'guessed times within windows',
      schedules: { nightly, spread },
      isEmulated: true,
      imports: ['spread-record.ts', 'emulated-record.ts'],
    },
    {
      what: 'all three',
      schedules: { holidays, pinged },
      isEmulated: true,
      imports: ['emulated-record.ts', 'calendar-admission.ts', 'ping.ts'],
    },
  ])(
    'of all that is not in every bundle imports what it has a use for: $what',
    ({ schedules, isEmulated, imports }) => {
      expect(importsOf(entryOf('report', schedules, isEmulated))).toEqual([
        'report.ts',
        'handler.ts',
        'skip.ts',
        ...imports,
      ]);
    },
  );

  test('of all that is not in every bundle imports what finds its assets', () => {
    const { jobs, schedules } = check({}, undefined, [defineJob('report', { assets: ['package.json'], run() {} })]);

    expect(importsOf(jobEntry({ job: jobs[0] as CheckedJob, schedules, isEmulated: false }))).toEqual([
      ...['report.ts', 'handler.ts', 'skip.ts'],
      'assets.ts',
    ]);
  });

  test('of all that is not in every bundle imports the metrics of durations that its stage asks for', () => {
    const { jobs, schedules } = check({});
    const parts = { job: jobs[0] as CheckedJob, schedules, isEmulated: false };

    expect(importsOf(jobEntry({ ...parts, hasDurations: true }))).toContain('duration-metrics.ts');
    expect(importsOf(jobEntry(parts))).not.toContain('duration-metrics.ts');
  });

  test('of all that is not in every bundle imports what bundles alerts where its stage sends them to people', () => {
    const { jobs, schedules } = check({});
    const parts = { job: jobs[0] as CheckedJob, schedules, isEmulated: false };

    expect(importsOf(jobEntry({ ...parts, hasAlerts: true }))).toContain('bundled-alerts.ts');
    expect(importsOf(jobEntry(parts))).not.toContain('bundled-alerts.ts');
  });

  test.each(OVERLAP_POLICIES)('imports the gate of its own overlap policy and no other: %s', (overlap) => {
    const parallel = defineJob('report', { overlap, run() {} });
    const { jobs, schedules } = check({}, undefined, [parallel]);

    const gates = importsOf(jobEntry({ job: jobs[0] as CheckedJob, schedules, isEmulated: false })).filter((file) =>
      OVERLAP_POLICIES.some((policy) => file === `${policy}.ts`),
    );

    expect(gates).toEqual([`${overlap}.ts`]);
  });

  test('is not made larger by what schedules of other jobs need', () => {
    expect(importsOf(entryOf('other', { holidays, pinged }))).toEqual(['other.ts', 'handler.ts', 'skip.ts']);
  });

  test('knows when the schedules with a window are due, and nothing of the others', () => {
    const source = entryOf('report', { nightly, spread }, true);

    const windows = { spread: { expressions: ['cron(0 0 * * ? *)'], timezone: 'UTC', spread: 600_000 } };
    expect(source).toContain(`adapt: alignScheduledTime(${JSON.stringify(windows)}, fillInScheduledTime)`);
  });

  test('says of its own schedules their zone, and how late runs may be that EventBridge may spread', () => {
    const spread = schedule(report, { every: '1 hour', maxLateness: '20 minutes', spread: '15 minutes' });

    const source = entryOf('report', { nightly, spread, hourly: schedule(other, { every: '1 hour' }) });

    const [, options = ''] = /createHandler\(job, (.*), \{ gate: skip, adapt/.exec(source) ?? [];
    expect(JSON.parse(options).schedules).toEqual({
      nightly: { timezone: 'Europe/Stockholm', lateAfter: 24 * 3_600_000 },
      spread: { timezone: 'UTC', lateAfter: 35 * 60_000 },
    });
  });
});

test.each([
  { isEmulated: false, imports: ['watchdog.ts', 'skip.ts'] },
  { isEmulated: true, imports: ['watchdog.ts', 'skip.ts', 'emulated-record.ts'] },
])('the entry of the watchdog imports $imports', ({ isEmulated, imports }) => {
  const { options } = describeWatchdog(check({ nightly }), '3 minutes');

  expect(importsOf(watchdogEntry(options, isEmulated))).toEqual(imports);
});

describe('what is deployed again', () => {
  function setup() {
    const project = realpathSync(createFolder());
    const functions = join(project, 'functions');
    mkdirSync(functions);
    const library = join(import.meta.dirname, '../../lib/entry/belfry.ts');
    for (const { name } of [report, other]) {
      const text = `import { defineJob } from ${JSON.stringify(library)};\nexport default defineJob('${name}', { run() {} });\n`;
      writeFileSync(join(functions, `${name}.ts`), text);
    }
    const places = { projectDirectory: project, assetDirectory: createFolder() };
    return (schedules: Schedules) => {
      const checked = check(schedules, functions);
      return bundle({ ...checked, watchdog: describeWatchdog(checked, '3 minutes').options }, places).hashes;
    };
  }

  const before = { nightly, hourly: schedule(other, { every: '1 hour' }) };

  test.each<{ what: string; schedules: Schedules; functions: readonly string[] }>([
    {
      what: 'for a further schedule',
      schedules: { ...before, mornings: schedule(report, { cron: '0 7 * * *' }) },
      functions: ['report', 'watchdog'],
    },
    {
      what: 'for the first calendar',
      schedules: { ...before, days: schedule(report, { every: '1 day', except: ['2026-12-24'] }) },
      functions: ['report', 'watchdog'],
    },
    {
      what: 'for the first call after runs',
      schedules: { ...before, pinged: schedule(report, { every: '1 day', pingUrl: 'https://hc-ping.com/1' }) },
      functions: ['report', 'watchdog'],
    },
    {
      what: 'for another time of a schedule',
      schedules: { ...before, hourly: schedule(other, { every: '1 hour', enabled: false }) },
      functions: ['watchdog'],
    },
    { what: 'for nothing', schedules: before, functions: [] },
  ])('$what is $functions', ({ schedules, functions }) => {
    const bundleWith = setup();

    const [old, changed] = [bundleWith(before), bundleWith(schedules)];

    expect([...changed].filter(([name, hash]) => old.get(name) !== hash).map(([name]) => name)).toEqual(functions);
  });
});
