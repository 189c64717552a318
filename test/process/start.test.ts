import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type TestContext, test } from 'vitest';
import { eventually } from './support/eventually.ts';
import { jobFile } from './support/job-file.ts';
import { isListening, signal } from './support/processes.ts';
import { Project, type ProjectOptions } from './support/project.ts';
import { RunningCloud } from './support/running-cloud.ts';

/** How a cloud begins and ends. */

async function setup({ onTestFinished }: TestContext, options: ProjectOptions = {}): Promise<Project> {
  const project = await Project.create(options);
  onTestFinished(() => project.remove());
  return project;
}

test('npm start says where it listens and what is due, shows a heartbeat, and leaves nothing after Ctrl-C', async (context) => {
  const project = await setup(context);
  const command = project.npmStart();
  const cloud = await RunningCloud.of(command);

  await command.prints(/SCHEDULE +JOB +WHEN +NEXT DUE/);
  await command.prints(/heartbeat +heartbeat +every 5 minutes +\w{3} \d{4}-\d\d-\d\d \d\d:\d[05] UTC +in \d/);
  await command.prints(/run-digest +run-digest +0 3 1 1 \* +\w{3} \d{4}-01-01 03:00 UTC +in \d+ days/);
  await command.prints(/completed +heartbeat/);

  const second = await project.npmStart().end();
  expect(second.code).toBe(3);
  expect(second.stderr).toContain(`runs already, at ${cloud.endpoint} (process `);
  expect(second.stdout).toBe('');

  const twin = await project.twin();
  context.onTestFinished(() => twin.remove());
  // Left by a cloud that was killed, whose port somebody else has got since.
  await twin.write('.belfry/cloud.json', JSON.stringify({ v: 1, pid: 1, port: cloud.port, token: 'other' }));
  const other = await twin.start();
  await other.command.prints(/completed +heartbeat/);
  expect(other.port).not.toBe(cloud.port);

  command.interrupt();
  // The code is the shell's, through which npm calls its scripts.
  const end = await command.end();
  expect(end.stderr).toBe('');
  expect(end.stdout).toContain('stopping: no new work is taken');
  await project.idle();
  expect(await isListening(cloud.port)).toBe(false);
  expect(await isListening(other.port)).toBe(true);
  expect(await readdir(join(project.directory, '.belfry'))).not.toContain('cloud.json');
  expect((await readdir(project.temporary)).filter((name) => name.startsWith('belfry'))).toEqual([]);
});

const scripts: Readonly<Record<string, string>> = JSON.parse(
  await readFile(join(import.meta.dirname, '../../package.json'), 'utf8'),
).scripts;
const isExec = scripts['start']?.startsWith('exec ') === true;
if (!isExec)
  process.stderr.write('skipped: `npm start` without `exec` leaves its process to a shell that passes nothing on\n');

test
  .runIf(isExec)
  .concurrent('a SIGTERM to npm alone, as supervisors send it, ends the cloud in good order', async (context) => {
    const project = await setup(context);
    const command = project.npmStart();
    await RunningCloud.of(command);

    signal(command.pid, 'SIGTERM');

    expect(await command.end()).toMatchObject({ code: 0, signal: null, stderr: '' });
    await project.idle();
  });

/** The same network as with the cable pulled: nothing but the loopback. */
const OFFLINE = ['unshare', '-rn', 'sh', '-c', 'ip link set lo up && exec "$@"', 'offline'];
const FEW_WATCHES = ['unshare', '-rU', 'sh', '-c', 'echo 3 > /proc/sys/user/max_inotify_watches && exec "$@"', 'few'];

const canBeRun = ([program = '', ...args]: string[]): boolean => spawnSync(program, [...args, 'true']).status === 0;
const canGoOffline = canBeRun(OFFLINE);
if (!canGoOffline) process.stderr.write('not unplugged: the network cannot be taken away here (unshare -rn)\n');

test.concurrent('--for --json prints one JSON object and nothing else, with the network unplugged', async (context) => {
  const project = await setup(context);

  const { code, stdout, stderr } = await project
    .npmStart(['--for', '15s', '--json'], { under: canGoOffline ? OFFLINE : [] })
    .end();

  expect(code).toBe(0);
  const none = { completed: 0, failed: 0, retrying: 0, skipped: 0, missed: 0, running: 0, pending: 0 };
  const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(JSON.parse(stdout)).toEqual({
    v: 1,
    startedAt: instant,
    endedAt: instant,
    // Its own schedule may be due in these seconds, too.
    jobs: { heartbeat: { ...none, completed: expect.toBeOneOf([1, 2]) }, 'run-digest': none },
    alarms: expect.any(Array),
    errors: [],
  });
  expect(stdout.trim().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(/completed +heartbeat/);
  await project.idle();
});

test.concurrent('nothing that the shell knows of AWS reaches a job', async (context) => {
  const project = await setup(context, {
    jobs: {
      tells: jobFile('tells', {
        imports: "import { S3Client } from '@aws-sdk/client-s3';",
        body: `const { config } = new S3Client({});
          writeFileSync(file('told'), JSON.stringify([process.env, await config.credentials(), await config.region()]));`,
      }),
    },
  });
  const file = '[default]\naws_access_key_id = CANARY\naws_secret_access_key = CANARY\nregion = canary-1\n';
  await mkdir(join(project.home, '.aws'));
  for (const name of ['config', 'credentials']) await writeFile(join(project.home, '.aws', name), file);
  const names = [
    'PROFILE',
    'ACCESS_KEY_ID',
    'SECRET_ACCESS_KEY',
    'SESSION_TOKEN',
    'REGION',
    'DEFAULT_REGION',
    'ROLE_ARN',
  ];
  const environment = {
    ...Object.fromEntries(names.map((name) => [`AWS_${name}`, 'CANARY'])),
    AWS_CONFIG_FILE: join(project.home, '.aws/config'),
    AWS_SHARED_CREDENTIALS_FILE: join(project.home, '.aws/credentials'),
    AWS_ENDPOINT_URL: 'http://canary.invalid',
    AWS_ENDPOINT_URL_SQS: 'http://canary.invalid',
    CDK_DEFAULT_ACCOUNT: 'CANARY',
    HTTP_PROXY: 'http://canary.invalid',
    HTTPS_PROXY: 'http://canary.invalid',
    NODE_OPTIONS: '--title=CANARY',
    DATABASE_URL: 'CANARY',
  };

  const cloud = await project.start([], { environment });
  await cloud.command.prints(/completed +heartbeat/);
  const run = await project.belfry(['run', 'tells', '--json'], { environment }).end();

  expect(JSON.parse(run.stdout)).toMatchObject({ status: 'completed' });
  const told = await project.shared('told');
  expect(told).toContain('belfry-local');
  expect(told.toLowerCase()).not.toContain('canary');
});

test.concurrent('of two starts at the very same moment one runs, and the other says why not', async (context) => {
  const project = await setup(context);
  await project.write('.belfry/cloud.json', 'not JSON');
  const [one, other] = [project.belfry(['start']), project.belfry(['start'])];

  const loser = await eventually('the end of one', () => (one.hasEnded ? one : other.hasEnded ? other : undefined));
  const winner = loser === one ? other : one;

  const { code, stderr } = await loser.end();
  expect(code).toBe(3);
  expect(stderr).toMatch(/^belfry: .*(runs already|another process uses)/);
  await winner.prints(/completed +heartbeat/);
});

test.concurrent('Ctrl-C before the app is up ends everything without a word of the app', async (context) => {
  const project = await setup(context);
  const command = project.belfry(['start', '--for', '1h']);
  await eventually('the synthesis', async () => (await project.processes()).length > 1);

  command.interrupt();

  const { stderr } = await command.end();
  expect(stderr).not.toMatch(/app\.ts|at .*:\d+:\d+/);
  await project.idle();
});

test.concurrent('an app that does not synthesize is told at once, also with --for', async (context) => {
  const project = await setup(context, { jobs: { broken: 'export default 1;' } });

  const { code, stdout, stderr } = await project.belfry(['start', '--for', '1h', '--json']).end();

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/functions\/broken\.ts/);
  expect(stderr).not.toMatch(/^ +at /m);
  await project.idle();
});

test.concurrent('a drop of a schedule that is not there is told with those that are', async (context) => {
  const project = await setup(context);

  const { code, stdout, stderr } = await project.belfry(['start', '--drop', 'nightly=1', '--json']).end();

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^belfry: --drop: there is no schedule "nightly"; there are: heartbeat, run-digest/m);
  await project.idle();
});

test.concurrent('damaged files of .belfry are told with the cure, which works', async (context) => {
  const project = await setup(context);
  const damages = [
    ['data', 'a file where a folder is'],
    ['queues.json', '{"v":1,"queues":{"belfry-dev-heartbeat":[1]}}'],
  ] as const;
  for (const [name, text] of damages) {
    await project.write(`.belfry/${name}`, text);
    const { code, stderr } = await project.belfry(['start', '--for', '1s']).end();
    expect({ name, code }).toEqual({ name, code: 3 });
    expect(stderr).toContain(`.belfry/${name} cannot be used`);
    expect(stderr).toContain('npm start -- --fresh');
    expect(stderr).not.toMatch(/^ +at /m);
    await project.forget(`.belfry/${name}`);
  }

  await project.write('.belfry/marks.json', 'not JSON');
  expect(await project.belfry(['start', '--for', '1s', '--fresh']).end()).toMatchObject({ code: 0 });
});

test.concurrent('a suspended cloud keeps its folder: --fresh deletes nothing of it, and names its process', async (context) => {
  const project = await setup(context);
  const cloud = await project.start();
  const { id } = await cloud.complete('heartbeat');
  signal(cloud.command.pid, 'SIGSTOP');

  const { code, stderr } = await project.belfry(['start', '--fresh', '--for', '1s']).end();
  signal(cloud.command.pid, 'SIGCONT');

  expect(code).toBe(3);
  expect(stderr).toMatch(new RegExp(`resume or end process ${cloud.command.pid} first; nothing was deleted`));
  expect(await cloud.record(id)).toMatchObject({ status: 'completed' });
  await cloud.complete('heartbeat');
  expect(await readdir(join(project.directory, '.belfry'))).toContain('cloud.json');
});

test
  .runIf(canGoOffline)
  .concurrent('a machine with no file watches left costs the reload, not the cloud', async (context) => {
    const project = await setup(context);

    const cloud = await project.start([], { under: FEW_WATCHES });

    await cloud.command.prints(/not loaded [^\n]*\n +changes in files are not seen: .*ENOSPC/);
    await cloud.command.prints(/completed +heartbeat/);
  });
