import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkOutFixture, FIXTURE_APP } from '../fixtures/fixture-app.ts';
import { type Ended, entries, JOB, projectWith, runApp, templatesIn } from './app-project.ts';
import { createFolder } from './support.ts';

test('the app is one stack, named for app and stage, wherever it is called from', async () => {
  const { code, stdout, stderr, outdir } = await runApp(FIXTURE_APP, { stage: 'prod' });

  // A schedule of the fixture is due by the clocks of Stockholm.
  const zones = `note: due times are computed with the time zone data ${process.versions.tz} of Node ${process.version}, and EventBridge fires by AWS's own\n`;
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: zones });
  expect(templatesIn(outdir)).toEqual(['shop-prod.template.json']);
  expect(
    JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8')).artifacts['shop-prod'].properties,
  ).toMatchObject({
    terminationProtection: true,
  });
});

describe('an app with a folder of jobs, a time that is past and a calendar that has ended', () => {
  let ended: Ended;
  beforeAll(async () => {
    const project = projectWith({
      'functions/nightly.ts': JOB,
      'functions/billing/invoice.ts': JOB.replace('nightly', 'invoice'),
      'infra/closed.ics':
        'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20200101\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',
      'infra/schedules.ts': entries(
        `once: schedule(nightly, { at: '2020-01-01T00:00' }),
         nightly: schedule(nightly, { every: '1 day', except: { name: 'closed', days: { ics: 'infra/closed.ics' } } })`,
      ),
    });
    ended = await runApp(project);
  });

  test('has a stack of its own for the folder', () => {
    expect([ended.code, templatesIn(ended.outdir)]).toEqual([
      0,
      ['shop-dev-billing.template.json', 'shop-dev.template.json'],
    ]);
  });

  test('warns of what should be mended, from files of the project, and notes what is worth knowing', () => {
    expect(ended.stderr.split('\n')).toEqual([
      `warning: infra/schedules.ts: schedule "nightly": calendar "closed" of except ended on 2020-01-01: due times are not skipped; add the days to come, or keep it with acknowledge: { 'calendar-ends': '<reason>' }`,
      'note: infra/schedules.ts: schedule "once": at 2020-01-01T00:00 is past, so it is left out; remove the entry when you like',
      '',
    ]);
  });
});

test('what is wrong is printed in full and without a stack, and nothing else', async () => {
  const project = projectWith({
    'functions/nightly.ts': JOB.replace('run()', "timeout: '20 minutes', run()"),
    'infra/schedules.ts': entries("nightly: schedule(nightly, { cron: '0 25 * * *' })"),
  });

  const { code, stdout, stderr } = await runApp(project);

  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr.split('\n')).toEqual([
    expect.stringMatching(/^functions\/nightly\.ts: job "nightly": timeout '20 minutes' is out of bounds/),
    'infra/schedules.ts: schedule "nightly": cron "0 25 * * *": hour 25 is out of range; allowed are 0-23',
    '                                                ^^',
    '',
  ]);
});

test('the CDK CLI lists exactly that one stack, with a profile that does not exist', async () => {
  const cwd = join(createFolder(), 'project');
  await checkOutFixture(cwd);
  const cli = join(cwd, 'node_modules/aws-cdk/bin/cdk');
  const env = { PATH: process.env.PATH, HOME: createFolder(), AWS_PROFILE: 'nobody', CI: '1' };

  const listed = await new Promise<string>((resolve) => {
    execFile(process.execPath, [cli, 'ls', '--output', createFolder()], { cwd, env }, (_, stdout) => resolve(stdout));
  });

  expect(listed).toBe('belfry-dev\n');
});
