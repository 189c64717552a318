import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../cloud/support/free-port.ts';
import { jobFile } from './support/job-file.ts';
import { Project } from './support/project.ts';
import { startEndpoint } from './support/schedule-endpoint.ts';

/** Options that are acted on where a whole app is: `test/commands/every-option.test.ts` has the list of all. */

let project: Project;

beforeAll(async () => {
  project = await Project.create({
    jobs: {
      greets: jobFile('greets', { policy: 'input: z.object({ name: z.string() }),', body: 'return input.name;' }),
      minutely: jobFile('minutely', { body: '' }),
      unheard: jobFile('unheard', { body: '' }),
    },
    when: {
      greets: "{ cron: '0 3 1 1 *', input: { name: 'all' }, enabled: ['prod'] }",
      minutely: "{ every: '1 minute' }",
      unheard: "{ every: '1 minute' }",
    },
  });
});

afterAll(() => project.remove());

test('run and show act on --json', async () => {
  const run = await project.belfry(['run', 'greets', '--input', '{"name":"Bo"}', '--json']).end();
  const { id, result } = JSON.parse(run.stdout) as { id: string; result: string };
  const show = await project.belfry(['show', id, '--json']).end();

  expect(result).toBe('Bo');
  expect(JSON.parse(show.stdout)).toMatchObject({ id, result: 'Bo' });
});

test('start acts on --for, --json, --stage and --port', async () => {
  const port = await freePort();

  const { code, stdout, stderr } = await project
    .belfry(['start', '--for', '1s', '--json', '--stage', 'prod', '--port', String(port)])
    .end();

  expect(code).toBe(0);
  expect(stderr).toContain(`Belfry belfry-prod, embedded cloud at http://127.0.0.1:${port};`);
  expect(JSON.parse(stdout)).toHaveProperty('startedAt');
});

test('start with a --port that is in use says so, and what to do', async () => {
  const port = await freePort();
  const twin = await project.twin();
  try {
    await twin.start(['--port', String(port)]);

    const { code, stderr } = await project.belfry(['start', '--port', String(port)]).end();

    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: `belfry: port ${port} of 127.0.0.1 is in use by another program: stop that one, or give another port\n`,
    });
  } finally {
    await twin.remove();
  }
});

test('start acts on --fresh: what was recorded before is gone', async () => {
  const run = await project.belfry(['run', 'minutely', '--json']).end();
  const { id } = JSON.parse(run.stdout) as { id: string };

  await project.belfry(['start', '--for', '1s', '--fresh']).end();

  const { code, stderr } = await project.belfry(['show', id]).end();
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `belfry: there is no record of ${id} in the table belfry-dev-runs of this checkout (.belfry)\n`,
  });
});

test('start acts on --duplicates and --drop', async () => {
  const { command } = await project.start(['--duplicates', '1', '--drop', 'unheard=1']);

  await command.prints(/dropped +unheard +due/);
  await command.prints(/duplicate +minutely/);

  command.interrupt();
  await command.end();
});

test('tick acts on --region, --stage and --app', async (context) => {
  const { origin } = await startEndpoint(context);

  const { stdout } = await project
    .belfry(['tick', '--endpoint', origin, '--for', '1s', '--region', 'eu-north-1', '--stage', 'prod', '--app', 'shop'])
    .end();

  expect(stdout).toMatch(/^Belfry shop-prod, firing the schedules at \S+, eu-north-1;/);
});

describe('next and simulate act on the options that need the app', () => {
  const PERIOD = ['--from', '2027-03-27T00:00Z', '--to', '2027-03-29T00:00Z'];
  const NOWHERE = ['--endpoint', 'http://127.0.0.1:9'];
  const all = async (args: readonly string[]) => {
    const { stdout, stderr } = await project.belfry(args).end();
    return stdout + stderr;
  };

  test.each<{ option: string; besides: readonly string[]; given: readonly string[] }>([
    { option: 'next --stage', besides: ['next', 'greets'], given: ['--stage', 'prod'] },
    { option: 'next --endpoint', besides: ['next'], given: NOWHERE },
    { option: 'next --region', besides: ['next', ...NOWHERE], given: ['--region', 'eu-north-1'] },
    { option: 'next --app', besides: ['next', ...NOWHERE], given: ['--app', 'shop'] },
    { option: 'simulate --from', besides: PERIOD, given: ['--from', '2027-03-28T00:00Z'] },
    { option: 'simulate --to', besides: PERIOD, given: ['--to', '2027-03-28T00:00Z'] },
    { option: 'simulate --timezone', besides: PERIOD, given: ['--timezone', 'Asia/Tokyo'] },
    {
      option: 'simulate --all',
      besides: ['--from', '2027-01-01T00:00Z', '--to', '2027-01-02T00:00Z'],
      given: ['--all'],
    },
    { option: 'simulate --json', besides: PERIOD, given: ['--json'] },
    { option: 'simulate --timeouts', besides: PERIOD, given: ['--timeouts'] },
    { option: 'simulate --stage', besides: [...PERIOD, ...NOWHERE], given: ['--stage', 'prod'] },
    { option: 'simulate --endpoint', besides: PERIOD, given: NOWHERE },
    { option: 'simulate --region', besides: [...PERIOD, ...NOWHERE], given: ['--region', 'eu-north-1'] },
    { option: 'simulate --app', besides: [...PERIOD, ...NOWHERE], given: ['--app', 'shop'] },
  ])('$option', async ({ option, besides, given }) => {
    const line = option.startsWith('simulate') ? ['simulate', ...besides] : besides;

    const [without, acted] = await Promise.all([all(line), all([...line, ...given])]);

    expect(acted).not.toBe(without);
  });
});

test('an app that keeps its name out of cdk.json is named with --app, in the message too', async () => {
  const { code, stderr } = await project
    .belfry(['show', 'minutely/2027-03-02T02:00Z/minutely', '--endpoint', 'http://127.0.0.1:9', '--app', 'shop'])
    .end();

  expect(code).toBe(3);
  expect(stderr).toContain('the table shop-dev-runs at http://127.0.0.1:9 in us-east-1 cannot be read:');
});

test('show of a stage without a region says how to give one, and nothing of Node greets the user', async () => {
  const { code, stderr } = await project
    .belfry(['show', 'minutely/2027-03-02T02:00Z/minutely', '--stage', 'prod'])
    .end();

  expect({ code, stderr }).toEqual({
    code: 3,
    stderr:
      'belfry: the table belfry-prod-runs on AWS cannot be read: Error: Region is missing; give --region eu-north-1, or set AWS_REGION\n',
  });
});
