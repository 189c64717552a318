import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from './support/eventually.ts';
import { jobFile } from './support/job-file.ts';
import { isListening, signal } from './support/processes.ts';
import { Project, type ProjectOptions } from './support/project.ts';
import type { RunningCloud } from './support/running-cloud.ts';

/** What the end of a cloud, wanted or not, does to the runs that are not over. */

async function setup(options: ProjectOptions): Promise<Project> {
  const project = await Project.create(options);
  onTestFinished(() => project.remove(), 60_000);
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
};

const isLocked = async ({ dynamodb }: RunningCloud): Promise<boolean> => {
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: 'belfry-dev-runs', ConsistentRead: true }));
  return Items.some(({ lockRun }) => lockRun !== undefined);
};

test('Ctrl-C waits for what runs', { timeout: 60_000 }, async () => {
  const project = await setup({ jobs });
  const cloud = await project.start(['--json']);
  const run = await cloud.request('waits');
  await cloud.reaches(run, 'running');

  cloud.command.interrupt();
  await cloud.command.prints('stopping: no new work is taken');
  expect(await cloud.record(run)).toMatchObject({ status: 'running' });
  await writeFile(join(project.files, 'go'), '');

  const { code, stdout } = await cloud.command.end();
  expect(code).toBe(0);
  expect(JSON.parse(stdout).jobs.waits).toMatchObject({ completed: 1, running: 0 });
  await project.idle();
  expect(JSON.parse((await project.belfry(['show', run, '--json']).end()).stdout)).toMatchObject({
    status: 'completed',
    result: 'waited for',
  });
});

test('a second Ctrl-C waits for nobody', { timeout: 60_000 }, async () => {
  const project = await setup({ jobs });
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

test('after a kill in the middle of a backoff a restart takes the run up where it was', { timeout: 90_000 }, async () => {
  const project = await setup({ jobs });
  const cloud = await project.start();
  const run = await cloud.request('recovers');
  const before = await cloud.reaches(run, 'retrying');

  signal(cloud.command.pid, 'SIGKILL');
  await cloud.command.end();
  await project.idle();
  expect(await isListening(cloud.port)).toBe(false);
  expect(await readdir(join(project.directory, '.belfry'))).toContain('cloud.json');

  const next = await project.start();
  const record = await next.reaches(run, 'completed');
  expect(record.attempts.map(({ cause, outcome }) => `${cause}: ${outcome}`)).toEqual(['first: failed', 'retry: completed']);
  expect(record.attempts[1]?.startedAt).toBeGreaterThanOrEqual((before.nextAttemptAt ?? Number.NaN) - 5_000);
  await eventually('a free lock', async () => !(await isLocked(next)));
});

test.each(['SIGKILL', 'SIGHUP'] as const)('%s of the cloud while a job runs leaves no process', { timeout: 60_000 }, async (name) => {
  const project = await setup({ jobs });
  const cloud = await project.start();
  await cloud.reaches(await cloud.request('waits'), 'running');
  expect((await project.processes()).length).toBeGreaterThan(2);

  signal(cloud.command.pid, name);

  await cloud.command.end();
  await project.idle();
});

test('a reader that has gone, as `npm start | head` does, ends the cloud in good order', { timeout: 60_000 }, async () => {
  const project = await setup({ jobs });
  const cloud = await project.start();
  await cloud.command.prints(/completed +heartbeat/);

  cloud.command.closeOutput();
  await cloud.request('heartbeat');

  await cloud.command.end();
  await project.idle();
  expect(await readdir(join(project.directory, '.belfry'))).not.toContain('cloud.json');
});
