import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { projectWith, runApp } from '../cdk/app-project.ts';

/** Files of a user's that keep the app from ending, in the app as `cdk synth` starts it. */

const JOB = "import { defineJob } from 'belfry';\nexport default defineJob('nightly', { run() {} });\n";
const SCHEDULES = 'export const schedules = {};\n';
const RULE = 'a job file must import without effects: what waits, opens or can fail belongs into run';

/** `infra/app.ts` with a limit that a test can wait for. */
const APP = `import { App } from 'aws-cdk-lib';
import { Belfry, loadJobs } from 'belfry/cdk';
const app = new App();
const jobs = await loadJobs(import.meta.dirname + '/../functions', { timeLimit: '4 seconds' });
const { schedules } = await import('./schedules.ts');
const { default: access } = await import('./access.ts');
new Belfry(app, 'Belfry', { jobs, schedules, stages: { dev: {} }, access });
`;

/** What the message ends with where the limit was reached. */
const LIMIT = '; loadJobs(folder, { timeLimit }) sets another limit';

const run = (files: Readonly<Record<string, string>>) =>
  runApp(projectWith({ 'functions/nightly.ts': JOB, 'infra/schedules.ts': SCHEDULES, 'infra/app.ts': APP, ...files }));

describe.concurrent('an app fails with the file that hangs', () => {
  test.each([
    {
      what: 'a timer of a job file',
      files: { 'functions/nightly.ts': `${JOB}\nsetInterval(() => {}, 60_000);\n` },
      says: `the jobs are loaded, but the app does not end within 4 seconds, as it must to be synthesized. Open is a timer (functions/nightly.ts:4); ${RULE}${LIMIT}\n`,
    },
    {
      what: 'timers of a job file, of what it shares, of schedules.ts and of access.ts',
      files: {
        'functions/nightly.ts': `import './_shared.ts';\n${JOB}\nsetTimeout(() => {}, 3_600_000);\n`,
        'functions/_shared.ts': 'setInterval(() => {}, 1000);',
        'infra/schedules.ts': `${SCHEDULES}\nsetInterval(() => {}, 1000);`,
        'infra/access.ts': 'export default () => {};\nsetInterval(() => {}, 1000);',
      },
      says: `the jobs are loaded, but the app does not end within 4 seconds, as it must to be synthesized. Open are a timer (functions/_shared.ts:1), a timer (functions/nightly.ts:5), a timer (infra/schedules.ts:3), a timer (infra/access.ts:2); ${RULE}${LIMIT}\n`,
    },
    {
      what: 'a server',
      files: { 'functions/nightly.ts': `import { createServer } from 'node:http';\n${JOB}createServer().listen(0);` },
      says: expect.stringContaining('Open is a server (functions/nightly.ts:4);'),
    },
    {
      what: 'a child process',
      files: {
        'functions/nightly.ts': `import { spawn } from 'node:child_process';\n${JOB}spawn('sleep', ['20'], { stdio: 'ignore' });`,
      },
      says: expect.stringContaining('Open is a child process (functions/nightly.ts:4);'),
    },
    {
      what: 'a timer that a package starts later',
      files: {
        'functions/_pool/package.json': '{ "type": "module" }',
        'functions/nightly.ts': `import '../packages/node_modules/pool/index.js';\n${JOB}`,
        'packages/node_modules/pool/index.js': 'queueMicrotask(() => setInterval(() => {}, 1000));',
        'packages/node_modules/pool/package.json': '{ "type": "module" }',
      },
      says: expect.stringContaining('Open is a timer (of the package pool, imported by functions/nightly.ts);'),
    },
    {
      what: 'an await of a job file, with nothing left to come',
      files: { 'functions/nightly.ts': `${JOB}\nawait new Promise(() => {});\n` },
      says: `functions/nightly.ts: importing never ends: it waits at functions/nightly.ts:4; ${RULE}\n`,
      code: 13,
    },
    {
      what: 'an await of what two job files share, with a timer open',
      files: {
        'functions/nightly.ts': `import './_shared.ts';\n${JOB}`,
        'functions/weekly.ts': `import './_shared.ts';\n${JOB.replace('nightly', 'weekly')}`,
        'functions/_shared.ts': '\nsetInterval(() => {}, 1000);\nawait new Promise(() => {});',
      },
      says: `functions/nightly.ts, functions/weekly.ts: importing does not end within 4 seconds: it waits at functions/_shared.ts:3. Open is a timer (functions/_shared.ts:2); ${RULE}${LIMIT}\n`,
    },
    {
      what: 'an await of schedules.ts, with nothing left to come',
      files: { 'infra/schedules.ts': `interface Typed { a: 1 }\n\n${SCHEDULES}await new Promise<Typed>(() => {});\n` },
      says: `infra/schedules.ts:4: the await there never ends; ${RULE}\n`,
      code: 13,
    },
    {
      what: 'an await of access.ts, with a timer open',
      files: {
        'infra/access.ts': `export default () => {};\nawait new Promise((done) => setTimeout(done, 3_600_000));\n`,
      },
      says: `infra/access.ts:2: the await there does not end within 4 seconds. Open is a timer (infra/access.ts:2); ${RULE}${LIMIT}\n`,
    },
    {
      what: 'process.exit in a function that schedules.ts calls, with a code of its own',
      files: { 'infra/schedules.ts': `${SCHEDULES}\nfunction giveUp() {\n  process.exit(7);\n}\ngiveUp();` },
      says: `the app ended before it was synthesized: infra/schedules.ts:4 calls process.exit; ${RULE}\n`,
      code: 7,
    },
    {
      what: 'process.exit of a job file, later',
      files: { 'functions/nightly.ts': `${JOB}setTimeout(() => process.exit(0), 1);\nawait new Promise(() => {});` },
      says: `the app ended before it was synthesized: functions/nightly.ts:3 calls process.exit; ${RULE}\n`,
    },
  ])('$what', async ({ files, says, code = 1 }) => {
    const ended = await run(files as unknown as Record<string, string>);

    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code, stderr: says });
  });

  test('a socket to a server that says nothing', async ({ onTestFinished }) => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };

    const { code, stderr } = await run({
      'functions/nightly.ts': `import { connect } from 'node:net';\n${JOB}connect(${port}, '127.0.0.1');\n`,
    });

    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('Open is a socket (functions/nightly.ts:4);'),
    });
  });
});

describe.concurrent('an app is synthesized', () => {
  test.each([
    { what: 'a timer that ends in time', line: 'setTimeout(() => {}, 300);' },
    { what: 'a timer that keeps nothing open', line: 'setInterval(() => {}, 1000).unref();' },
    { what: 'an await that ends', line: 'await new Promise((done) => setTimeout(done, 100));' },
    { what: 'output', line: "console.log('loaded'); console.error('');" },
  ])('in spite of $what', async ({ line }) => {
    const { code } = await run({ 'functions/nightly.ts': `${JOB}${line}\n` });

    expect(code).toBe(0);
  });

  const BLOCK = 'const end = Date.now() + 8000;\nwhile (Date.now() < end);\n';
  const AWAIT = 'await new Promise((done) => setTimeout(done, 5));\n';

  test.each([
    { where: 'a job file', files: { 'functions/nightly.ts': `${JOB}${BLOCK}${AWAIT}` } },
    {
      where: 'infra/app.ts, after the deployment',
      files: { 'infra/app.ts': `${APP}${BLOCK}${AWAIT}` },
    },
  ])('in spite of work in $where that blocks the process for longer than the limit', async ({ files }) => {
    const { code, stderr } = await run(files as unknown as Record<string, string>);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('after the default limit, when that is not reached with files that take long one after another', async () => {
    const wait = (ms: number) => `await new Promise((done) => setTimeout(done, ${ms}));`;

    const { code } = await run({
      'functions/nightly.ts': `${JOB}${wait(2400)}`,
      'functions/weekly.ts': `${JOB.replace('nightly', 'weekly')}${wait(4800)}`,
    });

    expect(code).toBe(0);
  });
});
