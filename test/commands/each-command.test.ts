import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Simulation } from '../../lib/forecast/simulation.ts';
import { REPOSITORY } from '../fixtures/fixture-app.ts';
import { BelfryCommand } from '../process/support/belfry-command.ts';
import { jobFile } from '../process/support/job-file.ts';
import { signal } from '../process/support/processes.ts';
import { Project } from '../process/support/project.ts';
import { RunningCloud } from '../process/support/running-cloud.ts';
import { startEndpoint } from '../process/support/schedule-endpoint.ts';

/** One test of each command as a process: what `npm test` has of them. The others: `npm run test:process`. */

let project: Project;

beforeAll(async () => {
  project = await Project.create({
    jobs: {
      greets: jobFile('greets', {
        policy: 'input: z.object({ name: z.string() }),',
        body: "console.log('noise');\n return { hello: input.name };",
      }),
      reports: jobFile('reports', { policy: "timeout: '10 minutes',", body: '' }),
    },
    when: {
      greets: "{ cron: '0 3 1 1 *', input: { name: 'all' } }",
      reports: "{ cron: '*/5 2 * * *', timezone: 'Europe/Berlin', dst: 'runAfterGap', enabled: ['dev'] }",
    },
  });
});

afterAll(() => project.remove());

test('next answers with instants outside of a project, over a change of the clocks', async () => {
  const loader = join(REPOSITORY, 'node_modules/tsx/dist/loader.mjs');
  const when = ['--cron', '30 2 * * *', '--timezone', 'Europe/Berlin', '--from', '2027-03-26T12:00:00Z'];
  const command = ['node', '--import', loader, join(REPOSITORY, 'lib/cli/main.ts'), 'next'];

  const end = await new BelfryCommand([...command, ...when, '--count', '3', '--json'], { directory: tmpdir() }).end();

  const minutes = ['2027-03-27T01:30', '2027-03-29T00:30', '2027-03-30T00:30'];
  expect(end).toEqual({
    code: 0,
    signal: null,
    stderr: '',
    stdout: `${JSON.stringify(minutes.map((minute) => `${minute}:00.000Z`))}\n`,
  });
});

test('import prints what it would write, and writes nothing, with --dry-run', async () => {
  const crontab = join(REPOSITORY, 'test/cli/import/fixtures/shop.crontab');
  const written = async () => [
    await project.read('infra/schedules.ts'),
    await readdir(join(project.directory, 'functions'), { recursive: true }),
  ];
  const before = await written();

  const { code, stdout } = await project
    .belfry(['import', 'crontab', crontab, '--timezone', 'Europe/Stockholm', '--dry-run'])
    .end();

  expect(code).toBe(1);
  expect(stdout).toContain('--- functions/close-day.ts\nimport { defineJob, NonRetryableError }');
  expect(stdout).toContain("\n  'close-day': schedule(closeDay, {");
  expect(await written()).toEqual(before);
});

test('simulate tells what a period would fire, and leaves nothing behind', async () => {
  const period = ['--from', '2027-03-27T00:00Z', '--to', '2027-03-29T00:00Z'];

  const { code, stdout, stderr } = await project.belfry(['simulate', ...period, '--json']).end();

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { jobs, schedules, clockChanges } = JSON.parse(stdout) as Simulation;
  expect(schedules.find(({ id }) => id === 'reports')).toMatchObject({ runs: 13, afterGap: 1, overlapping: 6 });
  expect(jobs.find(({ name }) => name === 'reports')?.overlap).toMatchObject({
    policy: 'skip',
    runLength: { length: 600_000, basis: 'timeout', completedRuns: 0 },
  });
  expect(clockChanges).toMatchObject([{ timezone: 'Europe/Berlin', kind: 'gap', schedules: [{ id: 'reports' }] }]);
  await expect(project.read('.belfry/cloud.json')).rejects.toThrow('ENOENT');
  await expect(project.read('.belfry/cdk.out/belfry.json')).rejects.toThrow('ENOENT');
});

test('tick --for ends by itself, and calls the endpoint as nobody whom a file or a profile knows', async (context) => {
  const { origin, callers } = await startEndpoint(context);
  await mkdir(join(project.home, '.aws'));
  const file = '[default]\naws_access_key_id = CANARY\naws_secret_access_key = CANARY\n';
  for (const name of ['config', 'credentials']) await writeFile(join(project.home, '.aws', name), file);

  const { code } = await project
    .belfry(['tick', '--endpoint', origin, '--for', '1s'], {
      environment: {
        AWS_PROFILE: 'default',
        AWS_ACCESS_KEY_ID: 'CANARY',
        AWS_ENDPOINT_URL_SQS: 'http://canary.invalid',
      },
    })
    .end();

  expect({ code, callers: [...callers] }).toEqual({ code: 0, callers: ['test'] });
});

test('run prints the record of a completed run, show the same again', async () => {
  const { code, stdout } = await project.belfry(['run', 'greets', '--input', '{"name":"Åsa"}']).end();

  expect(code).toBe(0);
  expect(stdout).toMatch(/^run +greets\/\S+$/m);
  expect(stdout).toMatch(/^status +completed$/m);
  expect(stdout).toMatch(/^attempts +1$/m);
  expect(stdout).toMatch(/^duration +\d+ ms$/m);
  expect(stdout).toMatch(/^result +\{"hello":"Åsa"\}$/m);
  await project.idle();
  const [, id = ''] = /^run +(\S+)$/m.exec(stdout) ?? [];
  expect(await project.belfry(['show', id]).end()).toMatchObject({ code: 0, stdout });
});

test('start runs until Ctrl-C, which npm passes on a second time, and ends in good order', async () => {
  const command = project.npmStart();
  await RunningCloud.of(command);

  signal(-command.pid, 'SIGINT');

  expect(await command.end()).toMatchObject({ code: 0, signal: null, stderr: '' });
  await project.idle();
});
