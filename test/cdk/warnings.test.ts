import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { createCalendarReader } from '../../lib/app/calendars/read-calendar-file.ts';
import { checkApp } from '../../lib/app/check-app.ts';
import { loadJobs } from '../../lib/app/load-jobs.ts';
import { Belfry } from '../../lib/cdk/belfry.ts';
import { calendar, defineJob, schedule } from '../../lib/entry/belfry.ts';
import { epochMs } from '../../lib/units.ts';
import { schedules } from '../fixtures/app/infra/schedules.ts';
import { FIXTURE_APP } from '../fixtures/fixture-app.ts';
import { STAGES } from '../support/stages.ts';
import { createApp, jobFile } from './support.ts';

describe('the schedules of an app in order give rise to none', async () => {
  const files = await loadJobs(join(FIXTURE_APP, 'functions'));

  test.each([
    '2026-12-31T23:59:00Z',
    '2027-03-14T09:59:00Z', // a minute before New York's clocks go forward
    '2027-03-28T00:59:00Z', // and Europe's
    '2027-03-28T01:00:00Z',
    '2027-07-01T00:00:00Z',
    '2027-10-31T00:59:00Z', // a minute before they go back
    '2027-10-31T01:00:00Z',
    '2028-02-29T12:00:00Z',
    '2031-06-15T12:00:00Z',
  ])('on %s', (date) => {
    const now = epochMs(Date.parse(date));
    const readCalendarFile = createCalendarReader({ projectDirectory: FIXTURE_APP, now });
    const warningsIn = (stage: string) =>
      checkApp({ deployment: { app: 'belfry', stage }, stages: STAGES, files, schedules, now, readCalendarFile })
        .warnings;

    expect(['dev', 'prod'].flatMap(warningsIn)).toEqual([]);
  });
});

test('a deployment passes on what is noted of a calendar, once for all entries that use it', () => {
  const job = defineJob('nightly', { run() {} });
  const nightly = schedule(job, {
    cron: '0 2 * * *',
    except: calendar('closed', { ics: 'test/app/calendars/outlook.ics' }),
  });

  const { notes } = new Belfry(new Stack(createApp(), 'Stack'), 'Belfry', {
    app: 'shop',
    stage: 'dev',
    stages: STAGES,
    jobs: [jobFile(job)],
    schedules: { nightly, again: nightly },
  });

  expect(notes).toEqual(['test/app/calendars/outlook.ics: 1 event with a time of day is passed over']);
});

test('a deployment passes its warnings on', () => {
  const often = defineJob('often', { timeout: '5 minutes', run() {} });

  const belfry = new Belfry(new Stack(createApp(), 'Stack'), 'Belfry', {
    app: 'shop',
    stage: 'dev',
    stages: STAGES,
    jobs: [jobFile(often)],
    schedules: { tight: schedule(often, { every: '1 minute' }) },
  });

  expect(belfry.warnings).toEqual([
    expect.stringMatching(/^infra\/schedules\.ts: schedule "tight": it may be due again after 1 minute/),
  ]);
});

test('a deployment without a job synthesizes, and says how to write one', () => {
  const app = createApp();

  const belfry = new Belfry(new Stack(app, 'Stack'), 'Belfry', {
    app: 'shop',
    stage: 'dev',
    stages: STAGES,
    jobs: [],
    schedules: {},
  });

  expect(belfry.warnings).toEqual([
    "there are no jobs yet: write functions/<name>.ts with export default defineJob('<name>', { … }), and an entry in infra/schedules.ts",
  ]);
  expect(() => app.synth()).not.toThrow();
});
