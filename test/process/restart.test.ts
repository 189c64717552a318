import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect, type TestContext, test } from 'vitest';
import { eventually } from './support/eventually.ts';
import { jobFile } from './support/job-file.ts';
import { isListening, signal } from './support/processes.ts';
import { Project, type ProjectOptions } from './support/project.ts';
import type { RunningCloud } from './support/running-cloud.ts';

/** What the end of a cloud, wanted or not, does to the runs that are not over. */

async function setup({ onTestFinished }: TestContext, options: ProjectOptions): Promise<Project> {
  const project = await Project.create(options);
  onTestFinished(() => project.remove());
  return project;
}

const jobs = {
  waits: jobFile('waits', {
    body: `writeFileSync(file('waits'), String(process.pid));
      while (!existsSync(file('go'))) await sleep(20);
      return 'waited for';`,
  }),
  recovers: jobFile('recovers', {
    policy: "retry: { maxAttempts: 3, backoff: '3 seconds' },",
    body: "if (run.attempt === 1) throw new Error('not yet');",
  }),
  leaves: jobFile('leaves', {
    imports: "import { spawn } from 'node:child_process';",
    body: "spawn('sleep', ['100'], { detached: true, stdio: 'inherit' }).unref();",
  }),
};

const isLocked = async (job: string, { dynamodb }: RunningCloud): Promise<boolean> => {
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: 'belfry-dev-runs', ConsistentRead: true }));
  return Items.some(({ pk, lockRun }) => pk?.S === `JOB#${job}` && lockRun !== undefined);
};

test.concurrent('Ctrl-C waits for what runs, not for a process that a job has left behind', async (context) => {
  const project = await setup(context, { jobs });
  const cloud = await project.start(['--json']);
  await cloud.complete('leaves');
  const run = await cloud.request('waits');
  await cloud.reaches(run, 'running');

  cloud.command.interrupt();
  await cloud.command.prints('stopping: no new work is taken');
  expect(await cloud.record(run)).toMatchObject({ status: 'running' });
  await project.share('go');

  const { code, stdout } = await cloud.command.end();
  expect(code).toBe(0);
  expect(JSON.parse(stdout).jobs.waits).toMatchObject({ completed: 1, running: 0 });
  expect(JSON.parse((await project.belfry(['show', run, '--json']).end()).stdout)).toMatchObject({
    status: 'completed',
    result: 'waited for',
  });
});

test.concurrent('a second Ctrl-C waits for nobody', async (context) => {
  const project = await setup(context, { jobs });
  const cloud = await project.start();
  await cloud.reaches(await cloud.request('waits'), 'running');
  cloud.command.interrupt();
  await cloud.command.prints('stopping: no new work is taken');

  // Both belong to one press until half a second is over.
  await eventually('the end', () => {
    cloud.command.interrupt();
    return cloud.command.hasEnded;
  });

  expect(await cloud.command.end()).toMatchObject({ code: null, signal: 'SIGINT' });
  await project.idle();
});

test.concurrent('a kill in the middle of a run and of a backoff leaves no process, and the restart goes on', async (context) => {
  const project = await setup(context, { jobs });
  const cloud = await project.start();
  await cloud.reaches(await cloud.request('waits'), 'running');
  const run = await cloud.request('recovers');
  const before = await cloud.reaches(run, 'retrying');
  expect((await project.processes()).length).toBeGreaterThan(2);

  signal(cloud.command.pid, 'SIGKILL');
  await cloud.command.end();
  await project.idle();
  expect(await isListening(cloud.port)).toBe(false);
  expect(await readdir(join(project.directory, '.belfry'))).toContain('cloud.json');

  const next = await project.start();
  const record = await next.reaches(run, 'completed');
  expect(record.attempts.map(({ cause, outcome }) => `${cause}: ${outcome}`)).toEqual([
    'first: failed',
    'retry: completed',
  ]);
  expect(record.attempts[1]?.startedAt).toBeGreaterThanOrEqual((before.nextAttemptAt ?? Number.NaN) - 5_000);
  await eventually('a free lock', async () => !(await isLocked('recovers', next)));
});

test.concurrent('a closed terminal ends the cloud in good order, as Ctrl-C does, and leaves no process', async (context) => {
  const project = await setup(context, { jobs });
  const cloud = await project.start();
  const run = await cloud.request('waits');
  await cloud.reaches(run, 'running');

  signal(-cloud.command.pid, 'SIGHUP');
  await cloud.command.prints('stopping: no new work is taken');
  await project.share('go');

  expect(await cloud.command.end()).toMatchObject({ code: 0 });
  await project.idle();
  expect(await readdir(join(project.directory, '.belfry'))).not.toContain('cloud.json');
  const shown = await project.belfry(['show', run, '--json']).end();
  expect(JSON.parse(shown.stdout)).toMatchObject({ status: 'completed' });
});

test.concurrent('a reader that has gone, as `npm start | head` does, ends the cloud in good order', async (context) => {
  const project = await setup(context, { jobs });
  const cloud = await project.start();
  await cloud.command.prints(/completed +heartbeat/);

  cloud.command.closeOutput();
  await cloud.request('heartbeat');

  await cloud.command.end();
  await project.idle();
  expect(await readdir(join(project.directory, '.belfry'))).not.toContain('cloud.json');
});
