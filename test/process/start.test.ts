import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { jobFile } from './support/job-file.ts';
import { eventually } from './support/eventually.ts';
import { isListening } from './support/processes.ts';
import { Project, type ProjectOptions } from './support/project.ts';
import { RunningCloud } from './support/running-cloud.ts';

async function setup(options: ProjectOptions = {}): Promise<Project> {
  const project = await Project.create(options);
  onTestFinished(() => project.remove());
  return project;
}

test('npm start tells where it listens and what is due, shows a heartbeat, and leaves nothing after Ctrl-C', { timeout: 60_000 }, async () => {
  const project = await setup();
  const command = project.npmStart();
  const startedAt = performance.now();
  const cloud = await RunningCloud.of(command);

  await command.prints(/SCHEDULE +JOB +WHEN +NEXT DUE/);
  await command.prints(/heartbeat +heartbeat +every 5 minutes +\w{3} \d{4}-\d\d-\d\d \d\d:\d[05] UTC +in \d/);
  await command.prints(/run-digest +run-digest +0 3 1 1 \* +\w{3} \d{4}-01-01 03:00 UTC +in \d+ days/);
  await command.prints(/completed +heartbeat/);
  expect(performance.now() - startedAt).toBeLessThan(10_000); // promised in the README

  const second = await project.npmStart().end();
  expect(second).toMatchObject({ code: 3, stderr: expect.stringContaining(`runs already, at ${cloud.endpoint} (process `) });
  expect(second.stdout).toBe('');

  const twin = await project.twin();
  onTestFinished(() => twin.remove());
  const other = await twin.start();
  expect(other.endpoint).not.toBe(cloud.endpoint);
  await other.command.prints(/completed +heartbeat/);

  command.interrupt();
  expect(await command.end()).toMatchObject({ code: 0, stderr: '' });
  await project.idle();
  expect(await isListening(cloud.port)).toBe(false);
  expect(await readdir(join(project.directory, '.belfry'))).not.toContain('cloud.json');
  expect(await readdir(project.temporary)).toEqual([]);
});
