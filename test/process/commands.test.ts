import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunRecord } from '../../lib/run/record.ts';
import type { BelfryCommand } from './support/belfry-command.ts';
import { jobFile } from './support/job-file.ts';
import { signal } from './support/processes.ts';
import { Project } from './support/project.ts';
import type { RunningCloud } from './support/running-cloud.ts';

/** `belfry run` and `belfry show`, with a cloud of their own and beside one that runs. */

let project: Project;

beforeAll(async () => {
  project = await Project.create({
    jobs: {
      greets: jobFile('greets', {
        policy: 'input: z.object({ name: z.string() }),',
        body: "console.log('noise');\n return { hello: input.name };",
      }),
      waits: jobFile('waits', { body: 'await sleep(50_000);' }),
      fails: jobFile('fails', {
        policy: "retry: { maxAttempts: 2, backoff: '1 second' },",
        body: "throw new RangeError('never works');",
      }),
      dies: `${jobFile('dies', { body: 'return 1;' })}
if (process.env.AWS_LAMBDA_FUNCTION_NAME !== undefined) throw new Error('no key at import');
`,
    },
    when: { greets: "{ cron: '0 3 1 1 *', input: { name: 'all' } }" },
  });
});

afterAll(() => project.remove());

const record = async (command: BelfryCommand): Promise<RunRecord> => JSON.parse((await command.end()).stdout);

describe('without a running cloud', () => {
  test('run of a job that fails exits with 1, and with --json prints the record alone', async () => {
    const { code, stdout, stderr } = await project.belfry(['run', 'fails', '--json']).end();

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'failed',
      attempt: 2,
      error: { name: 'RangeError', message: 'never works' },
    });
    expect(stderr).toMatch(
      /attempt 1 failed: RangeError: never works, at functions\/fails\.ts:\d+:\d+; the next is due /,
    );
    await project.idle();
  });

  test('run of a job whose function ends at its import says so, and does not wait for it', async () => {
    const { code, stdout, stderr } = await project.belfry(['run', 'dies']).end();

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^belfry: the function of job "dies" ended before it began the run: Error: no key at import; mend the job's file/m,
    );
    await project.idle();
  });

  test('of two runs at the very same moment one is made, and the other says why not', async () => {
    const ends = await Promise.all([1, 2].map(() => project.belfry(['run', 'heartbeat']).end()));

    const [done, refused] = ends.toSorted((one, other) => Number(one.code) - Number(other.code));
    expect(done?.code).toBe(0);
    expect(refused).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('another process uses') });
  });
});

describe('beside a running cloud', () => {
  let cloud: RunningCloud;

  beforeAll(async () => {
    cloud = await project.start();
    await cloud.command.prints(/completed +heartbeat/);
  });

  test('run uses it', async () => {
    const command = project.belfry(['run', 'greets', '--input', '{"name":"Bo"}', '--json']);

    expect(await record(command)).toMatchObject({
      status: 'completed',
      requestedBy: 'belfry run',
      result: { hello: 'Bo' },
    });
    expect(command.stderr).toBe('');
  });

  test.concurrent.each([
    ['no such job', ['run', 'greet'], 2, /there is no job "greet"; there are: .*greets/],
    ['no job at all', ['run'], 2, /missing required argument 'job'/],
    ['no such command', ['rum'], 2, /unknown command 'rum'[\s\S]*run/],
    ['no such option', ['run', 'greets', '--imput', '{}'], 2, /unknown option '--imput'[\s\S]*--input/],
    ['an input that is no JSON', ['run', 'greets', '--input', '{name:1}'], 2, /--input <json>.*It is not JSON/],
    [
      'an input that does not fit',
      ['run', 'greets', '--input', '{"name":1}'],
      2,
      /job "greets": input.name: .*--input/,
    ],
    ['a missing input', ['run', 'greets'], 2, /job "greets": input: .*--input/],
    ['an input for a job without', ['run', 'heartbeat', '--input', '{"a":1}'], 2, /job "heartbeat": .*input/],
    ['an impossible length', ['start', '--for', 'soon'], 2, /a number with s, m or h/],
    ['an impossible stage', ['start', '--stage', 'Prod!'], 2, /lower-case letters/],
    ['no run id', ['show', 'greets'], 2, /"greets" is no run id/],
    ['a region of nothing', ['show', 'greets/2020-01-01T03:00Z/greets', '--region', 'x'], 2, /--region goes with/],
    [
      'an emulator where nobody listens',
      ['show', 'greets/2020-01-01T03:00Z/greets', '--endpoint', 'http://127.0.0.1:1'],
      3,
      /the table belfry-dev-runs at http:\/\/127\.0\.0\.1:1 in us-east-1 cannot be read/,
    ],
    ['a run that nobody knows', ['show', 'greets/2020-01-01T03:00Z/greets'], 1, /there is no record/],
  ] as const)('says what is wrong: %s', async (_case, args, code, message) => {
    const end = await project.belfry([...args]).end();

    expect({ code: end.code, stdout: end.stdout }).toEqual({ code, stdout: '' });
    expect(end.stderr).toMatch(message);
    expect(end.stderr).not.toMatch(/^ +at /m);
  });

  test('run says so when the cloud ends before the run does', async () => {
    const command = project.belfry(['run', 'waits']);
    await cloud.command.prints(/started +waits/);

    signal(cloud.command.pid, 'SIGKILL');

    const { code, stdout, stderr } = await command.end();
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^belfry: the cloud at http\S+ has ended in the middle; .*npm start.*\n$/);
  });
});
