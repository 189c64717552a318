import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NextJson } from '../../lib/forecast/next-json.ts';
import { localClient } from '../../lib/local/local-client.ts';
import { DynamoDbWatchStore } from '../../lib/store/dynamodb/dynamodb-watch-store.ts';
import { epochMs } from '../../lib/units.ts';
import { FIRST_STATE } from '../../lib/watchdog/state.ts';
import { runsTable } from '../local/dynamodb/runs-table.ts';
import { BelfryCommand, type CommandEnd } from './support/belfry-command.ts';
import { jobFile } from './support/job-file.ts';
import { Project } from './support/project.ts';
import { startEndpoint } from './support/schedule-endpoint.ts';

/** `belfry next` and `belfry simulate`: outside of any project, and in one without a cloud. */

const REPOSITORY = join(import.meta.dirname, '../..');
const LOADER = join(REPOSITORY, 'node_modules/tsx/dist/loader.mjs');

/** The command where there is no cdk.json. */
const outside = (args: readonly string[]): Promise<CommandEnd> =>
  new BelfryCommand(['node', '--import', LOADER, join(REPOSITORY, 'lib/cli/main.ts'), 'next', ...args], {
    directory: tmpdir(),
  }).end();

describe('outside of a project, next', () => {
  test.concurrent.each([
    [
      'Europe/Berlin',
      '30 2 * * *',
      '2027-10-30T12:00:00Z',
      ['2027-10-31T00:30', '2027-11-01T01:30', '2027-11-02T01:30'],
    ],
    [
      'America/New_York',
      '30 2 * * *',
      '2027-03-12T12:00Z',
      ['2027-03-13T07:30', '2027-03-15T06:30', '2027-03-16T06:30'],
    ],
    [
      'America/New_York',
      '30 1 * * *',
      '2027-11-06T12:00Z',
      ['2027-11-07T05:30', '2027-11-08T06:30', '2027-11-09T06:30'],
    ],
    [
      'UTC',
      'cron(0 2 L * ? *)',
      '2027-02-01T01:00+01:00',
      ['2027-02-28T02:00', '2027-03-31T02:00', '2027-04-30T02:00'],
    ],
  ] as const)('answers with instants, in %s for %s from %s', async (zone, cron, from, minutes) => {
    const end = await outside(['--cron', cron, '--timezone', zone, '--from', from, '--count', '3', '--json']);

    expect(end).toEqual({
      code: 0,
      signal: null,
      stderr: '',
      stdout: `${JSON.stringify(minutes.map((minute) => `${minute}:00.000Z`))}\n`,
    });
  });

  test.concurrent.each([
    ['an impossible expression', ['--cron', '0 25 * * *'], /^belfry: cron "0 25 \* \* \*": hour 25.*\n {16}\^\^\n$/],
    [
      'an unknown zone',
      ['--cron', '@daily', '--timezone', 'Europe/Berln'],
      /"Europe\/Berln": .*write Europe\/Berlin\n +\^+\n/,
    ],
    ['an instant of no zone', ['--cron', '@daily', '--from', '2027-03-01T00:00'], /write 2027-03-01T00:00Z for UTC/],
    ['a count of none', ['--cron', '@daily', '--count', '0'], /a whole number from 1 to 1000/],
    [
      'a schedule and an expression',
      ['nightly', '--cron', '@daily'],
      /the schedule "nightly" or an expression, not both/,
    ],
    [
      'an expression that the shell took apart',
      ['--cron', '0', '9', '*', '*', '*'],
      /quote the expression.*: --cron '0 9/,
    ],
    ['two schedules', ['one', 'two'], /too many arguments: one two\. Allowed is one schedule/],
    ['a day that there is not', ['--cron', '@daily', '--from', '2027-02-30T00:00Z'], /no such day: 2027-02-30/],
    ['a zone of nothing', ['--timezone', 'UTC'], /--timezone goes with --cron or --at/],
    ['a schedule where no project is', ['nightly'], /no cdk\.json in/],
  ] as const)('refuses %s', async (_case, args, message) => {
    const { code, stdout, stderr } = await outside(args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

describe('in a project', () => {
  const COUNTED_AT = epochMs(Date.parse('2027-03-02T03:00:00Z'));
  let project: Project;

  beforeAll(async () => {
    project = await Project.create({
      jobs: {
        reports: jobFile('reports', { policy: "timeout: '10 minutes',", body: '' }),
        launch: jobFile('launch', { body: '' }),
      },
      when: {
        reports: "{ cron: '*/5 2 * * *', timezone: 'Europe/Berlin', dst: 'runAfterGap', enabled: ['dev'] }",
        launch: "{ at: '2020-01-01T09:00' }",
      },
    });
  });

  afterAll(() => project.remove());

  test('next shows every schedule, and with an id that one', async () => {
    const [all, one] = await Promise.all([
      project.belfry(['next', '--stage', 'prod']).end(),
      project.belfry(['next', 'reports', '--json', '--count', '2', '--from', '2027-03-28T00:56:00Z']).end(),
    ]);

    expect({ code: all.code, stderr: all.stderr }).toEqual({ code: 0, stderr: '' });
    expect(all.stdout).toMatch(/^heartbeat {2}every 5 minutes {2}UTC {2}job heartbeat\n/);
    expect(all.stdout).toMatch(/^reports [\s\S]*disabled in stage prod/m);
    expect(all.stdout).toMatch(/^launch {2}at 2020-01-01T09:00 is past, so it is left out/m);
    expect((JSON.parse(one.stdout) as NextJson).dueTimes).toEqual([
      { scheduledTime: '2027-03-28T01:00:00.000Z', local: '2027-03-28T03:00', isAfterGap: true },
      { scheduledTime: '2027-03-29T00:00:00.000Z', local: '2027-03-29T02:00', isAfterGap: false },
    ]);
  });

  test('next says whom alerts go to, and that it does not know how many have confirmed', async () => {
    const { stdout } = await project.belfry(['next', '--stage', 'prod']).end();

    expect(stdout).toMatch(
      /\nalerts of stage prod when deployed: e-mail to oncall@example\.com; 1 address, how many are confirmed: not known here; belfry next --stage prod --region <region> asks on AWS\n$/,
    );
  });

  test('next asks the watchdog of a deployment how many have confirmed', async (context) => {
    const { origin, tables } = await startEndpoint(context);
    await tables.ensure({ ...runsTable, TableName: 'belfry-prod-runs' });
    const client = new DynamoDBClient(localClient(origin));
    context.onTestFinished(() => client.destroy());
    const watchdog = new DynamoDbWatchStore({ client, table: 'belfry-prod-runs' });
    const lastLine = async () =>
      (await project.belfry(['next', '--stage', 'prod', '--endpoint', origin]).end()).stdout.trim().split('\n').at(-1);

    expect(await lastLine()).toMatch(/1 address, how many are confirmed: its watchdog has not found out yet$/);

    const found = { confirmed: 0, pending: 1 };
    const subscriptions = { askedAt: COUNTED_AT, found, foundAt: COUNTED_AT };
    await watchdog.saveState({ ...FIRST_STATE, version: 1, subscriptions });

    expect(await lastLine()).toMatch(
      /1 address, 0 confirmed and 1 pending as of 2027-03-02T03:00Z \(.*\): no mail reaches anyone; confirm /,
    );
  });

  test('next of a stage whose watchdog cannot be asked says so', async () => {
    const { code, stderr } = await project.belfry(['next', '--endpoint', 'http://127.0.0.1:9']).end();

    expect(code).toBe(3);
    expect(stderr).toContain('the table belfry-dev-runs at http://127.0.0.1:9 in us-east-1 cannot be read:');
  });

  test('next of an unknown schedule names the nearest', async () => {
    const { code, stdout, stderr } = await project.belfry(['next', 'report']).end();

    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'belfry: there is no schedule "report"; the nearest is "reports". There are: heartbeat, run-digest, reports\n',
    });
  });

  test('next of one that is over says so', async () => {
    const { code, stderr } = await project.belfry(['next', 'launch']).end();

    expect(code).toBe(2);
    expect(stderr).toMatch(/^belfry: schedule "launch": at 2020-01-01T09:00 is past, so it is left out/);
  });

  test.concurrent.each([
    [
      'a period that ends before it begins',
      ['--from', '2027-03-02T00:00Z', '--to', '2027-03-01T00:00Z'],
      2,
      /ends before it begins/,
    ],
    ['a period of years', ['--from', '2027-01-01T00:00Z', '--to', '2029-01-01T00:00Z'], 2, /longer than 366 days/],
    ['a region of nothing', ['--region', 'eu-north-1'], 2, /--region goes with/],
    [
      'records that cannot be read',
      ['--endpoint', 'http://127.0.0.1:1'],
      3,
      /cannot be read: .*--timeouts does without it/,
    ],
  ] as const)('simulate refuses %s', async (_case, args, code, message) => {
    const end = await project.belfry(['simulate', ...args]).end();

    expect({ code: end.code, stdout: end.stdout }).toEqual({ code, stdout: '' });
    expect(end.stderr).toMatch(message);
  });
});
