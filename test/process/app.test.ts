import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { entries, JOB, LOAD, ownApp, projectWith, runApp, templatesIn } from '../cdk/app-project.ts';
import { createFolder } from '../cdk/support.ts';
import { checkOutFixture, FIXTURE_APP } from '../fixtures/fixture-app.ts';

/** What `infra/app.ts` ends with, as a process: the errors of a user's files, and the shapes that an app may have. */

test.each([
  {
    what: 'a job file ends the process, even with success',
    files: { 'functions/nightly.ts': `${JOB}process.exit(0);\n`, 'infra/schedules.ts': entries('') },
    says: 'the app ended before it was synthesized: functions/nightly.ts:3 calls process.exit; a job file must import without effects: what waits, opens or can fail belongs into run\n',
  },
  {
    what: 'there are no schedules',
    files: { 'functions/nightly.ts': JOB, 'infra/schedules.ts': 'export const schedule = {};\n' },
    says: 'infra/schedules.ts: it exports no schedules; write export const schedules: Schedules = { … }\n',
  },
  {
    what: 'access.ts exports no function',
    files: {
      'functions/nightly.ts': JOB,
      'infra/schedules.ts': entries(''),
      'infra/access.ts': 'export const access = 1;\n',
    },
    says: 'infra/access.ts: it has no default export that is a function; write export default (belfry: Belfry): void => { … }\n',
  },
  {
    what: 'schedules.ts does not parse',
    files: {
      'functions/nightly.ts': JOB,
      'infra/schedules.ts': 'export const schedules = {\n  a: f({ every: 1 }\n};\n',
    },
    says: 'infra/schedules.ts:3: Expected ")" but found "}"\n',
  },
  {
    what: 'schedules.ts imports a package of nearly the right name',
    files: {
      'functions/nightly.ts': JOB,
      'infra/schedules.ts': `interface Two { lines: 1 }\n${entries('').replace('belfry', 'belfri').replace('{  }', '{ schedule, nightly }')}`,
    },
    says: 'infra/schedules.ts:2: there is no package "belfri"; write "belfry", or npm install belfri\n',
  },
  {
    what: 'access.ts imports a package that is not installed',
    files: {
      'functions/nightly.ts': JOB,
      'infra/schedules.ts': entries(''),
      'infra/access.ts': "import { parse } from '@acme/settings/parse';\nexport default () => parse();\n",
    },
    says: 'infra/access.ts:1: there is no package "@acme/settings"; npm install @acme/settings adds it\n',
  },
  {
    what: 'schedules.ts imports a job file of another name',
    files: {
      'functions/nightly.ts': JOB,
      'infra/schedules.ts': entries('nightly').replace('nightly.ts', 'nigthly.ts'),
    },
    says: 'infra/schedules.ts:2: there is no file functions/nigthly.ts; the nearest is functions/nightly.ts\n',
  },
  {
    what: 'schedules.ts imports what a module does not export',
    files: {
      'functions/nightly.ts': JOB,
      'infra/schedules.ts': entries('a: shedule()').replace('{ schedule }', '{ shedule }'),
    },
    says: "infra/schedules.ts:1: module 'belfry' does not provide an export named 'shedule'\n",
  },
  {
    what: 'a job file imports something that does not load',
    files: {
      'functions/nightly.ts': `import './_shared.ts';\n${JOB}`,
      'functions/_shared.ts': "import 'no-such-package';\n",
      'infra/schedules.ts': entries(''),
    },
    says: 'functions/nightly.ts: importing it fails: functions/_shared.ts:1: there is no package "no-such-package"; npm install no-such-package adds it\n',
  },
])('the app fails where $what', async ({ files, says }) => {
  const { code, stderr } = await runApp(projectWith(files as unknown as Record<string, string>));

  expect({ code, stderr }).toEqual({ code: 1, stderr: says });
});

test.each([
  ['its own code', "console.error('no such tenant'); process.exit(7);", { code: 7, stderr: 'no such tenant\n' }],
  [
    'an error with its cause',
    "throw new Error('no tenant', { cause: new Error('table is down') });",
    { code: 1, stderr: expect.stringMatching(/^Error: no tenant\n[\s\S]*cause[\s\S]*Error: table is down/) },
  ],
])('what an app of the user’s fails with stays as it is: %s', async (_what, line, expected) => {
  const { code, stderr } = await runApp(ownApp(`${LOAD};\n${line}`));

  expect({ code, stderr }).toEqual(expected);
});

test('access that is still at work when the app is synthesized fails it', async () => {
  const project = ownApp(
    `${LOAD}; const app = new App(); const { Belfry } = await import('belfry/cdk');
     const access = async () => { await new Promise((resolve) => setTimeout(resolve, 50)); };
     new Belfry(app, 'Belfry', { jobs: [], schedules: {}, stages: { dev: {} }, access });
     app.synth();`,
  );

  const { code, stderr, outdir } = await runApp(project);

  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringContaining('infra/access.ts: it was still at work when the app was synthesized; make it'),
  });
  expect(templatesIn(outdir)).toEqual([]);
});

test('a stack of the user’s has its warnings printed, too', async () => {
  const project = ownApp(
    `const jobs = ${LOAD}; const { Belfry } = await import('belfry/cdk'); const { schedule } = await import('belfry');
     const schedules = { often: schedule(jobs[0].exported, { every: '1 minute' }) };
     new Belfry(new Stack(new App(), 'Shop'), 'Jobs', { app: 'shop', stage: 'dev', stages: { dev: {} }, jobs, schedules });`,
  );

  const { code, stderr } = await runApp(project);

  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^warning: .*schedule "often"/) });
});

describe('a module that brings its jobs and its entries', () => {
  const JOBS = {
    'functions/nightly.ts': JOB,
    'functions/billing/invoice.ts': JOB.replace('nightly', 'invoice'),
    'functions/billing/_schedules.ts': `import { type Schedules, schedule } from 'belfry';
import invoice from './invoice.ts';
export const billing: Schedules = {
  'invoice-daily': schedule(invoice, { cron: '0 2 * * *' }),
  monthly: schedule(invoice, { cron: '0 3 1 * *' }),
};
`,
  };
  const main = (more: string): string => `import { type Schedules, schedule } from 'belfry';
import { billing } from '../functions/billing/_schedules.ts';
import nightly from '../functions/nightly.ts';
export const schedules: Schedules = { ...billing, ${more} };
`;
  const schedulesIn = (outdir: string) =>
    (
      JSON.parse(readFileSync(join(outdir, 'belfry.json'), 'utf8')) as { schedules: { id: string; job: string }[] }
    ).schedules
      .map(({ id, job }) => `${id}: ${job}`)
      .sort();

  test('is deployed with the entries of infra/schedules.ts', async () => {
    const project = projectWith({
      ...JOBS,
      'infra/schedules.ts': main("nightly: schedule(nightly, { cron: '0 1 * * *' })"),
    });

    const { code, stderr, outdir } = await runApp(project);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(schedulesIn(outdir)).toEqual(['invoice-daily: invoice', 'monthly: invoice', 'nightly: nightly']);
  });

  test.each([
    {
      what: 'switched off by a copy',
      schedules: main('monthly: { ...monthly, options: { ...monthly.options, enabled: false } }'),
      deployed: ['invoice-daily: invoice', 'monthly: invoice'],
    },
    {
      what: 'replaced by another of its id',
      schedules: main("monthly: schedule(nightly, { cron: '0 1 1 * *' })"),
      deployed: ['invoice-daily: invoice', 'monthly: nightly'],
    },
    {
      what: 'left out',
      schedules: main('').replace('...billing', '...others'),
      deployed: ['invoice-daily: invoice'],
    },
  ])('may have an entry $what, without a warning', async ({ schedules, deployed }) => {
    const project = projectWith({
      ...JOBS,
      'infra/schedules.ts': schedules.replace('export', 'const { monthly, ...others } = billing;\nexport'),
    });

    const { code, stderr, outdir } = await runApp(project);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(schedulesIn(outdir)).toEqual(deployed);
  });

  test('may be one of two deployments of an app', async () => {
    const project = projectWith({
      ...JOBS,
      'infra/schedules.ts': main("nightly: schedule(nightly, { cron: '0 1 * * *' })"),
      'infra/app.ts': `import { App, Stack } from 'aws-cdk-lib';
import { Belfry, loadJobs } from 'belfry/cdk';
const app = new App();
const jobs = await loadJobs(import.meta.dirname + '/../functions');
const { billing } = await import('../functions/billing/_schedules.ts');
const { nightly } = (await import('./schedules.ts')).schedules;
const { stages } = await import('./stages.ts');
new Belfry(new Stack(app, 'One'), 'Jobs', { app: 'one', stage: 'dev', stages, jobs, schedules: billing });
new Belfry(new Stack(app, 'Two'), 'Jobs', { app: 'two', stage: 'dev', stages, jobs, schedules: { nightly } });
`,
    });

    const { code, stderr } = await runApp(project);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

test('an app that loads jobs and deploys none is none of Belfry’s business', async () => {
  const { code, stderr } = await runApp(ownApp(`${LOAD}; new Stack(new App(), 'Other');`));

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('a folder of jobs that does not exist is a warning', async () => {
  const project = ownApp("const app = new App(); await loadJobs('functionz'); new Stack(app, 'Other');");

  const { code, stderr } = await runApp(project);

  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(/^warning: there is no folder \S+\/functionz: no job is loaded\n$/),
  });
});

test('a file that is no job for its extension is a warning, and a client of the SDK in a job file adds none', async () => {
  const client =
    "import { SQSClient } from '@aws-sdk/client-sqs';\nnew SQSClient({ region: 'eu-north-1', endpoint: 'http://localhost' });\n";
  const project = ownApp(
    "const app = new App(); await loadJobs(import.meta.dirname + '/../functions'); new Stack(app, 'Other');",
  );
  writeFileSync(join(project, 'functions/nightly.ts'), `${client}${JOB}`);
  writeFileSync(join(project, 'functions/report.js'), '');

  const { code, stderr } = await runApp(project);

  expect({ code, stderr }).toEqual({
    code: 0,
    stderr:
      'warning: functions/report.js is not loaded: a job is a .ts file; rename it, or begin its name with _ if it is not a job\n',
  });
});

test('a switch of the context that is neither true nor false is an error', async () => {
  const { code, stderr } = await runApp(FIXTURE_APP, { emulator: 'localstack' });

  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'context "emulator" is "localstack"; allowed are true and false\n',
  });
});

test('the folder of a checkout may have any name that a pattern would read otherwise', async () => {
  const checkout = join(createFolder(), 'c++ (app)[1]^$');
  await checkOutFixture(checkout);

  const { code, stderr } = await runApp(checkout);

  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('warning') });
});
