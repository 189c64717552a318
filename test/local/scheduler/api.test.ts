import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  ListTagsForResourceCommand,
  paginateListSchedules,
  ResourceNotFoundException,
  SchedulerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateScheduleCommand,
  ValidationException,
} from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createScheduler, type Scheduler } from '../../../lib/local/scheduler/index.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { DEAD_LETTERS, MemoryMarks, QUEUE, RESIDENCE, RecordingTarget, ROLE } from './setup.ts';

const GROUP_ARN = 'arn:aws:scheduler:eu-north-1:000000000000:schedule-group/belfry-dev';

let scheduler: Scheduler;
let clock: VirtualClock;
let server: Server;
let client: SchedulerClient;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const { method = '', headers } = request;
    const answer = scheduler.handle({ method, path: pathname, query: searchParams, headers, body });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  client = new SchedulerClient({
    region: 'eu-north-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
});

afterAll(() => {
  client.destroy();
  server.close();
});

beforeEach(() => {
  clock = new VirtualClock('2026-11-23T12:00:00Z');
  scheduler = createScheduler({ residence: RESIDENCE, clock, target: new RecordingTarget(clock) });
});

type Input = CreateScheduleCommandInput;

const input = (overrides: Partial<Input> = {}): Input => ({
  Name: 'nightly',
  ScheduleExpression: 'cron(0 2 * * ? *)',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: { Arn: QUEUE, RoleArn: ROLE, Input: '{}' },
  ...overrides,
});

const create = (overrides: Partial<Input> = {}) => client.send(new CreateScheduleCommand(input(overrides)));
const get = (Name = 'nightly') => client.send(new GetScheduleCommand({ Name }));

describe('schedules', () => {
  test('are given back as they were sent', async () => {
    const sent = input({
      Description: 'the report',
      ScheduleExpressionTimezone: 'Europe/Stockholm',
      State: 'DISABLED',
      StartDate: new Date('2026-12-01T00:00:00Z'),
      EndDate: new Date('2027-12-01T00:00:00.500Z'),
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
      ActionAfterCompletion: 'DELETE',
      KmsKeyArn: 'arn:aws:kms:eu-north-1:000000000000:key/one',
      Target: {
        Arn: QUEUE,
        RoleArn: ROLE,
        Input: '{"a":1}',
        DeadLetterConfig: { Arn: DEAD_LETTERS },
        RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 },
      },
    });

    const { ScheduleArn } = await create(sent);

    expect(ScheduleArn).toBe('arn:aws:scheduler:eu-north-1:000000000000:schedule/default/nightly');
    expect(await get()).toMatchObject({
      ...sent,
      Arn: ScheduleArn,
      GroupName: 'default',
      CreationDate: new Date('2026-11-23T12:00:00Z'),
      LastModificationDate: new Date('2026-11-23T12:00:00Z'),
    });
  });

  test("have EventBridge's defaults", async () => {
    await create();

    expect(await get()).toMatchObject({
      State: 'ENABLED',
      ScheduleExpressionTimezone: 'UTC',
      ActionAfterCompletion: 'NONE',
      Target: { RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 } },
    });
  });

  test('take the default again for everything that an update does not send', async () => {
    await create({ Description: 'the report', State: 'DISABLED', ScheduleExpressionTimezone: 'Europe/Stockholm' });
    await clock.advanceTo('2026-11-23T13:00:00Z');

    await client.send(new UpdateScheduleCommand(input()));

    const updated = await get();
    expect(updated).toMatchObject({ State: 'ENABLED', ScheduleExpressionTimezone: 'UTC' });
    expect(updated.Description).toBeUndefined();
    expect(updated.CreationDate).toEqual(new Date('2026-11-23T12:00:00Z'));
    expect(updated.LastModificationDate).toEqual(new Date('2026-11-23T13:00:00Z'));
  });

  test('are as old as the scheduler that they were created in, whatever earlier ones had fired', async () => {
    const marks = new MemoryMarks();
    const startAt = async (instant: string) => {
      clock = new VirtualClock(instant);
      scheduler = createScheduler({ residence: RESIDENCE, clock, target: new RecordingTarget(clock), marks });
      await create();
      await scheduler.start();
    };
    await startAt('2026-11-23T12:00:00.250Z');
    await clock.advanceTo('2026-11-24T03:00:00Z');
    await scheduler.stop();

    await startAt('2026-11-25T08:00:00.125Z');

    const startedAt = new Date('2026-11-25T08:00:00.125Z');
    expect(await get()).toMatchObject({ CreationDate: startedAt, LastModificationDate: startedAt });
    await scheduler.stop();
  });

  test('are gone after DeleteSchedule', async () => {
    await create();

    await client.send(new DeleteScheduleCommand({ Name: 'nightly' }));

    await expect(get()).rejects.toThrow(ResourceNotFoundException);
  });

  test.each([
    ['updated', () => client.send(new UpdateScheduleCommand(input()))],
    ['deleted', () => client.send(new DeleteScheduleCommand({ Name: 'nightly' }))],
    ['read', () => get()],
  ])('that do not exist cannot be %s', async (_what, send) => {
    await expect(send()).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Schedule nightly does not exist.',
    });
  });

  test('cannot be created twice under one name', async () => {
    await create();

    await expect(create()).rejects.toMatchObject({ name: 'ConflictException', $metadata: { httpStatusCode: 409 } });
  });

  test('may share a name in different groups', async () => {
    await client.send(new CreateScheduleGroupCommand({ Name: 'belfry-dev' }));

    await create();
    await create({ GroupName: 'belfry-dev' });

    const { Schedules = [] } = await client.send(new ListSchedulesCommand({ NamePrefix: 'nightly' }));
    expect(Schedules.map(({ GroupName }) => GroupName)).toEqual(['belfry-dev', 'default']);
  });

  test('cannot be in a group that does not exist', async () => {
    await expect(create({ GroupName: 'nowhere' })).rejects.toThrow('Schedule group nowhere does not exist.');
  });
});

describe('a client token', () => {
  test('makes a repeated call count once', async () => {
    await create({ ClientToken: 'one' });

    await expect(create({ ClientToken: 'one' })).resolves.toMatchObject({
      ScheduleArn: expect.stringContaining('nightly'),
    });
  });

  test('cannot be used for another request', async () => {
    await create({ ClientToken: 'one' });

    await expect(create({ ClientToken: 'one', Description: 'other' })).rejects.toThrow('different parameters');
  });

  test('of a schedule deleted since creates it anew', async () => {
    await create({ ClientToken: 'one' });
    await client.send(new DeleteScheduleCommand({ Name: 'nightly', ClientToken: 'two' }));
    await client.send(new DeleteScheduleCommand({ Name: 'nightly', ClientToken: 'two' }));

    await create({ ClientToken: 'one' });

    expect((await get()).Name).toBe('nightly');
  });
});

describe('validation refuses', () => {
  const target = { Arn: QUEUE, RoleArn: ROLE };
  const cases: [string, Partial<Input>, string][] = [
    ['a name with a space', { Name: 'a b' }, 'Member must satisfy regular expression pattern: ^[0-9a-zA-Z-_.]+$'],
    ['a name with a slash', { Name: 'a/b' }, "Value 'a/b' at 'name'"],
    ['a long name', { Name: 'a'.repeat(65) }, 'length less than or equal to 64'],
    ['a cron that is none', { ScheduleExpression: 'cron(bogus)' }, 'Invalid Schedule Expression cron(bogus)'],
    ['hour 25', { ScheduleExpression: 'cron(0 25 * * ? *)' }, 'hour 25 is out of range'],
    ['both days unrestricted', { ScheduleExpression: 'cron(0 2 * * * *)' }, 'Invalid Schedule Expression'],
    ['a rate of seconds', { ScheduleExpression: 'rate(10 seconds)' }, 'Invalid Schedule Expression rate(10 seconds)'],
    ['a rate of nothing', { ScheduleExpression: 'rate(0 minutes)' }, 'Invalid Schedule Expression'],
    ['an at that is no time', { ScheduleExpression: 'at(2026-13-01T00:00:00)' }, 'Invalid Schedule Expression'],
    ['another language', { ScheduleExpression: '0 2 * * *' }, 'Invalid Schedule Expression'],
    ['an unknown zone', { ScheduleExpressionTimezone: 'Mars/Olympus' }, 'ScheduleExpressionTimezone Mars/Olympus'],
    [
      'an unknown zone of a rate',
      { ScheduleExpression: 'rate(1 day)', ScheduleExpressionTimezone: 'Mars/Olympus' },
      'ScheduleExpressionTimezone Mars/Olympus',
    ],
    ['no window', { FlexibleTimeWindow: undefined }, "Value at 'flexibleTimeWindow'"],
    ['a window of no length', { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }, 'MaximumWindowInMinutes'],
    [
      'a window of more than a day',
      { FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 1441 } },
      'value less than or equal to 1440',
    ],
    ['no target', { Target: undefined }, "Value at 'target'"],
    ['no target ARN', { Target: { ...target, Arn: undefined } }, "Value at 'target.arn'"],
    ['no role', { Target: { ...target, RoleArn: undefined } }, "Value at 'target.roleArn'"],
    ['a role that is none', { Target: { ...target, RoleArn: 'admin' } }, "Value 'admin' at 'target.roleArn'"],
    ['a large input', { Target: { ...target, Input: 'å'.repeat(128 * 1024 + 1) } }, '262144 bytes'],
    ['186 retries', { Target: { ...target, RetryPolicy: { MaximumRetryAttempts: 186 } } }, 'less than or equal to 185'],
    ['an age of 59 s', { Target: { ...target, RetryPolicy: { MaximumEventAgeInSeconds: 59 } } }, 'or equal to 60'],
    [
      'a FIFO dead-letter queue',
      { Target: { ...target, DeadLetterConfig: { Arn: `${DEAD_LETTERS}.fifo` } } },
      "at 'target.deadLetterConfig.arn'",
    ],
    [
      'a target that is no queue',
      { Target: { ...target, Arn: 'arn:aws:lambda:eu-north-1:000000000000:function:f' } },
      'standard SQS queues only',
    ],
    [
      'a start six minutes ago',
      { StartDate: new Date('2026-11-23T11:54:00Z') },
      'cannot be earlier than 5 minutes ago',
    ],
    [
      'an end before the start',
      { StartDate: new Date('2026-12-02T00:00:00Z'), EndDate: new Date('2026-12-01T00:00:00Z') },
      'must come before the EndDate',
    ],
  ];

  test.each(cases)('%s', async (_what, overrides, message) => {
    const error: unknown = await create(overrides).catch((error) => error);

    expect(error).toBeInstanceOf(ValidationException);
    expect(error).toMatchObject({ name: 'ValidationException', message: expect.stringContaining(message) });
  });

  test('several faults at once', async () => {
    await expect(create({ Name: 'a b', Target: { ...target, RoleArn: 'admin' } })).rejects.toThrow(
      /^2 validation errors detected: .*'name'.*; .*'target.roleArn'/,
    );
  });

  test('what is no JSON', () => {
    const { status, headers } = scheduler.handle({
      method: 'POST',
      path: '/schedules/nightly',
      query: new URLSearchParams(),
      headers: {},
      body: '{',
    });

    expect([status, headers['x-amzn-errortype']]).toEqual([400, 'SerializationException']);
  });
});

test.each([
  ['a start four minutes ago', { StartDate: new Date('2026-11-23T11:56:00Z') }],
  ['a one-time schedule with an old start', { ScheduleExpression: 'at(2027-01-01T00:00:30)', StartDate: new Date(0) }],
  ['an input of 256 KB', { Target: { Arn: QUEUE, RoleArn: ROLE, Input: 'a'.repeat(256 * 1024) } }],
])('%s is accepted', async (_what, overrides) => {
  await create(overrides);

  expect((await get()).Name).toBe('nightly');
});

describe('lists', () => {
  test('come in pages', async () => {
    for (let n = 100; n < 350; n++) await create({ Name: `s${n}` });

    const pages = paginateListSchedules({ client, pageSize: 100 }, {});

    const sizes: number[] = [];
    const names: (string | undefined)[] = [];
    for await (const { Schedules = [] } of pages) {
      sizes.push(Schedules.length);
      names.push(...Schedules.map(({ Name }) => Name));
    }
    expect(sizes).toEqual([100, 100, 50]);
    expect(new Set(names).size).toBe(250);
  });

  test('are filtered by group, prefix and state', async () => {
    await client.send(new CreateScheduleGroupCommand({ Name: 'belfry-dev' }));
    await create({ Name: 'report-eu', GroupName: 'belfry-dev' });
    await create({ Name: 'report-us', GroupName: 'belfry-dev', State: 'DISABLED' });
    await create({ Name: 'other', GroupName: 'belfry-dev' });
    await create({ Name: 'report-elsewhere' });

    const { Schedules = [] } = await client.send(
      new ListSchedulesCommand({ GroupName: 'belfry-dev', NamePrefix: 'report', State: 'ENABLED' }),
    );

    expect(Schedules).toMatchObject([{ Name: 'report-eu', State: 'ENABLED', Target: { Arn: QUEUE } }]);
  });

  test('refuse a token that is none', async () => {
    await expect(client.send(new ListSchedulesCommand({ NextToken: 'x' }))).rejects.toThrow(ValidationException);
  });
});

describe('groups', () => {
  const createGroup = () =>
    client.send(new CreateScheduleGroupCommand({ Name: 'belfry-dev', Tags: [{ Key: 'app', Value: 'belfry' }] }));

  test('are created, read and listed beside the default one', async () => {
    const { ScheduleGroupArn } = await createGroup();

    expect(ScheduleGroupArn).toBe(GROUP_ARN);
    expect(await client.send(new GetScheduleGroupCommand({ Name: 'belfry-dev' }))).toMatchObject({ State: 'ACTIVE' });
    const { ScheduleGroups = [] } = await client.send(new ListScheduleGroupsCommand({}));
    expect(ScheduleGroups.map(({ Name }) => Name)).toEqual(['belfry-dev', 'default']);
  });

  test('take their schedules with them', async () => {
    await createGroup();
    await create({ GroupName: 'belfry-dev' });
    await create({ Name: 'stays' });

    await client.send(new DeleteScheduleGroupCommand({ Name: 'belfry-dev' }));

    const { Schedules = [] } = await client.send(new ListSchedulesCommand({}));
    expect(Schedules.map(({ Name }) => Name)).toEqual(['stays']);
  });

  test('cannot be created twice', async () => {
    await createGroup();

    await expect(client.send(new CreateScheduleGroupCommand({ Name: 'belfry-dev' }))).rejects.toMatchObject({
      name: 'ConflictException',
    });
  });

  test('named default cannot be deleted', async () => {
    await expect(client.send(new DeleteScheduleGroupCommand({ Name: 'default' }))).rejects.toThrow(ValidationException);
  });

  test('carry tags', async () => {
    await createGroup();

    await client.send(
      new TagResourceCommand({
        ResourceArn: GROUP_ARN,
        Tags: [
          { Key: 'stage', Value: 'dev' },
          { Key: 'owner', Value: '' },
        ],
      }),
    );
    await client.send(new UntagResourceCommand({ ResourceArn: GROUP_ARN, TagKeys: ['app', 'owner'] }));

    const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceArn: GROUP_ARN }));
    expect(Tags).toEqual([{ Key: 'stage', Value: 'dev' }]);
  });

  test('that do not exist have no tags', async () => {
    await expect(client.send(new ListTagsForResourceCommand({ ResourceArn: GROUP_ARN }))).rejects.toThrow(
      ResourceNotFoundException,
    );
  });
});

test('a snapshot brings everything back', async () => {
  await client.send(new CreateScheduleGroupCommand({ Name: 'belfry-dev', Tags: [{ Key: 'app', Value: 'belfry' }] }));
  await create({ GroupName: 'belfry-dev', StartDate: new Date('2026-12-01T00:00:00Z') });
  const before = await client.send(new GetScheduleCommand({ Name: 'nightly', GroupName: 'belfry-dev' }));
  const snapshot = JSON.parse(JSON.stringify(scheduler.snapshot()));

  scheduler = createScheduler({ residence: RESIDENCE, clock, target: new RecordingTarget(clock) });
  scheduler.restore(snapshot);

  const { $metadata: _, ...after } = await client.send(
    new GetScheduleCommand({ Name: 'nightly', GroupName: 'belfry-dev' }),
  );
  expect(before).toMatchObject(after);
  const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceArn: GROUP_ARN }));
  expect(Tags).toEqual([{ Key: 'app', Value: 'belfry' }]);
});
