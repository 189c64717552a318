import { describe, expect, test } from 'vitest';
import { milliseconds } from '../../lib/units.ts';
import { DEAD_LETTERS, GROUP, QUEUE, setup } from './setup.ts';

const TARGET = { Arn: QUEUE, RoleArn: 'arn:aws:iam::000000000000:role/scheduler' };

describe('a schedule that is there at the start', () => {
  test('is fired into its queue by the clocks of its zone', async () => {
    const { advanceTo, create, tick, bodies } = await setup({ now: '2026-11-23T12:00:00Z' });
    await create('nightly', {
      ScheduleExpression: 'cron(30 5 * * ? *)',
      ScheduleExpressionTimezone: 'Asia/Kolkata',
    });

    await tick.start();
    await advanceTo('2026-11-25T12:00:00Z');

    expect(await bodies('reports')).toEqual(['2026-11-24T00:00:00Z', '2026-11-25T00:00:00Z']); // 05:30 in Kolkata
  });

  test('is not fired for what was due before', async () => {
    const { advanceTo, create, tick, events } = await setup({ now: '2026-11-22T12:30:00Z' });
    await create('hourly');
    await create('often', { ScheduleExpression: 'rate(20 minutes)' });
    await create('once', { ScheduleExpression: 'at(2026-11-23T07:59:00)' });
    await advanceTo('2026-11-23T08:00:20Z');

    await tick.start();
    await advanceTo('2026-11-23T09:00:00Z');

    expect(events).toEqual([
      'fired often 2026-11-23T08:10:00Z',
      'fired often 2026-11-23T08:30:00Z',
      'fired often 2026-11-23T08:50:00Z',
      'fired hourly 2026-11-23T09:00:00Z',
    ]);
  });

  test('is not fired for a time that daylight saving skips', async () => {
    const { advanceTo, create, tick, events } = await setup({ now: '2026-03-28T12:00:00Z' });
    await create('nightly', {
      ScheduleExpression: 'cron(30 2 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Stockholm',
    });

    await tick.start();
    await advanceTo('2026-03-30T12:00:00Z'); // on the 29th clocks went from 02:00 to 03:00

    expect(events).toEqual(['fired nightly 2026-03-30T00:30:00Z']);
  });

  test('is not fired while disabled, nor in another group', async () => {
    const { advanceTo, create, tick, events } = await setup({ now: '2026-11-23T12:00:00Z' });
    await create('off', { State: 'DISABLED' });
    await create('elsewhere', { GroupName: 'default' });

    await tick.start();
    await advanceTo('2026-11-23T15:00:00Z');

    expect(events).toEqual([]);
    expect(tick.schedules()).toEqual([
      { name: 'off', expression: 'cron(0 * * * ? *)', timezone: 'UTC', next: undefined },
    ]);
  });

  test('may have begun long ago', async () => {
    const { advanceTo, create, tick, events } = await setup({ now: '2026-11-23T12:00:00Z' });
    await create('hourly', { StartDate: new Date('2026-11-23T12:30:00Z') });
    await advanceTo('2026-11-24T12:30:00Z');

    await tick.start();
    await advanceTo('2026-11-24T13:00:00Z');

    expect(events).toEqual(['fired hourly 2026-11-24T13:00:00Z']);
  });
});

test("a message has the schedule's ARN, the due time and the number of the attempt in it", async () => {
  const { advanceTo, create, tick, bodies } = await setup({ now: '2026-11-23T12:00:00Z' });
  const Input = '<aws.scheduler.schedule-arn> <aws.scheduler.scheduled-time> <aws.scheduler.attempt-number>';
  await create('hourly', { Target: { ...TARGET, Input } });

  await tick.start();
  await advanceTo('2026-11-23T13:00:00Z');

  const arn = `arn:aws:scheduler:us-east-1:000000000000:schedule/${GROUP}/hourly`;
  expect(await bodies('reports')).toEqual([`${arn} 2026-11-23T13:00:00Z 1`]);
});

test('a message goes to the endpoint, whatever host it names in the URLs of its queues', async () => {
  const { advanceTo, create, tick, bodies } = await setup({
    now: '2026-11-23T12:00:00Z',
    intercept: (next) => async (request) => {
      const { body, ...response } = await next(request);
      const host = 'sqs.us-east-1.localhost.localstack.cloud:4566';
      return { ...response, body: String(body).replace(/(?<="QueueUrl":"http:\/\/)[^/]+/, host) };
    },
  });
  await create('hourly');

  await tick.start();
  await advanceTo('2026-11-23T13:00:00Z');

  expect(await bodies('reports')).toEqual(['2026-11-23T13:00:00Z']);
});

describe('a schedule whose queue is missing', () => {
  test('sends a dead letter to its dead-letter queue', async () => {
    const { advanceTo, create, tick, events, queues } = await setup({
      now: '2026-11-23T12:00:00Z',
      queues: ['undelivered'],
    });
    await create('hourly', { Target: { ...TARGET, Input: '{}', DeadLetterConfig: { Arn: DEAD_LETTERS } } });

    await tick.start();
    await advanceTo('2026-11-23T13:00:00Z');

    expect(events).toEqual(['dead-lettered hourly 2026-11-23T13:00:00Z']);
    const [deadLetter] = await queues.receive('undelivered', { max: 1, wait: milliseconds(0) });
    expect(deadLetter?.attributes).toMatchObject({
      ERROR_CODE: { StringValue: 'AWS.SimpleQueueService.NonExistentQueue' },
      SCHEDULED_TIME: { StringValue: '2026-11-23T13:00:00Z' },
    });
  });

  test('is fired when the queue is there', async () => {
    const { advanceTo, create, tick, events, queues } = await setup({ now: '2026-11-23T12:00:00Z', queues: [] });
    await create('hourly');

    await tick.start();
    await advanceTo('2026-11-23T13:00:00Z');
    queues.ensure({ QueueName: 'reports' });
    await advanceTo('2026-11-23T14:00:00Z');

    expect(events).toEqual([
      'dropped hourly 2026-11-23T13:00:00Z no-dead-letter-queue',
      'fired hourly 2026-11-23T14:00:00Z',
    ]);
  });
});
