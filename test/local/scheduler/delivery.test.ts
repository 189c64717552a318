import { describe, expect, test } from 'vitest';
import { PermanentDeliveryError } from '../../../lib/local/scheduler/index.ts';
import { DEAD_LETTERS, MINIMAL, QUEUE, setup } from './setup.ts';

const ARN = 'arn:aws:scheduler:eu-north-1:000000000000:schedule/default/nightly';
const DEAD_LETTER = { DeadLetterConfig: { Arn: DEAD_LETTERS } };

const withTarget = (target: Record<string, unknown>) => ({ Target: { ...MINIMAL.Target, ...target } });

describe('the input', () => {
  test('has its context attributes replaced, wherever and however often', async () => {
    const { clock, create, target } = await setup({ now: '2026-11-23T12:00:00Z' });
    const Input = JSON.stringify({
      arn: '<aws.scheduler.schedule-arn>',
      times: ['<aws.scheduler.scheduled-time>', '<aws.scheduler.scheduled-time>'],
      id: '<aws.scheduler.execution-id>',
      attempt: '<aws.scheduler.attempt-number>',
      other: '<aws.scheduler.unknown>',
    });

    await create('nightly', withTarget({ Input }));
    await clock.advanceTo('2026-11-24T02:00:00Z');

    expect(target.sent.map(({ body }) => JSON.parse(body))).toEqual([
      {
        arn: ARN,
        times: ['2026-11-24T02:00:00Z', '2026-11-24T02:00:00Z'],
        id: expect.stringMatching(/^[0-9a-f]{16}$/),
        attempt: '1',
        other: '<aws.scheduler.unknown>',
      },
    ]);
  });

  test('has a number and an id of its own at every attempt', async () => {
    const { clock, create, target } = await setup({ now: '2026-11-23T12:00:00Z' });
    const bodies: string[] = [];
    const send = target.send.bind(target);
    target.send = (arn, body, attributes) => {
      bodies.push(body);
      return send(arn, body, attributes);
    };
    target.refuse = () => (bodies.length < 3 ? new Error('down') : undefined);

    await create('nightly', withTarget({ Input: '<aws.scheduler.attempt-number> <aws.scheduler.execution-id>' }));
    await clock.advanceTo('2026-11-24T03:00:00Z');

    expect(bodies.map((body) => body.slice(0, 2))).toEqual(['1 ', '2 ', '3 ']);
    expect(new Set(bodies.map((body) => body.slice(2))).size).toBe(3);
  });

  test('is a notification when there is none', async () => {
    const { clock, create, target } = await setup({ now: '2026-11-23T12:00:00Z' });

    await create('nightly', withTarget({ Input: undefined }));
    await clock.advanceTo('2026-11-24T02:00:00Z');

    expect(JSON.parse(target.sent[0]?.body ?? '')).toMatchObject({
      source: 'aws.scheduler',
      account: '000000000000',
      region: 'eu-north-1',
      time: '2026-11-24T02:00:00Z',
      resources: [ARN],
    });
  });
});

describe('a failed delivery', () => {
  test('is tried again, after twice the time each time', async () => {
    const { clock, create, target, firedAt, events } = await setup({ now: '2026-11-23T12:00:00Z' });
    let failures = 4;
    target.refuse = () => (failures-- > 0 ? new Error('down') : undefined);

    await create('nightly');
    await clock.advanceTo('2026-11-24T03:00:00Z');

    expect(firedAt()).toEqual(['2026-11-24T02:00:15.000Z']); // 1 + 2 + 4 + 8 seconds
    expect(events).toEqual(['fired nightly 2026-11-24T02:00Z attempt 5']);
  });

  test('does not delay the next due time', async () => {
    const { clock, create, target, scheduledTimes } = await setup({ now: '2026-11-23T12:00:00Z' });
    target.refuse = (_arn, body) => (body === '2026-11-23T12:01:00Z' ? new Error('down') : undefined);

    await create('often', { ScheduleExpression: 'cron(* * * * ? *)' });
    await clock.advanceTo('2026-11-23T12:03:00Z');

    expect(scheduledTimes()).toEqual(['2026-11-23T12:02Z', '2026-11-23T12:03Z']);
  });

  test('goes to the dead-letter queue when its attempts are used up', async () => {
    const { clock, create, target, events } = await setup({ now: '2026-11-23T12:00:00Z' });
    target.refuse = (arn) => (arn === QUEUE ? new Error('queue is down') : undefined);

    await create('nightly', withTarget({ ...DEAD_LETTER, RetryPolicy: { MaximumRetryAttempts: 2 } }));
    await clock.advanceTo('2026-11-24T03:00:00Z');

    expect(events).toEqual(['dead-lettered nightly 2026-11-24T02:00Z after 3']);
    expect(target.sent).toEqual([
      {
        arn: DEAD_LETTERS,
        body: '<aws.scheduler.scheduled-time>',
        at: '2026-11-24T02:00:03.000Z',
        attributes: {
          ERROR_CODE: 'AWS.Scheduler.InternalServerError',
          ERROR_MESSAGE: 'queue is down',
          EXECUTION_ID: expect.stringMatching(/^[0-9a-f]{16}$/),
          EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
          IS_PAYLOAD_TRUNCATED: 'false',
          RETRY_ATTEMPTS: '2',
          SCHEDULED_TIME: '2026-11-24T02:00:00Z',
          SCHEDULE_ARN: ARN,
          TARGET_ARN: QUEUE,
        },
      },
    ]);
  });

  test('goes to the dead-letter queue when it is too old', async () => {
    const { clock, create, target } = await setup({ now: '2026-11-23T12:00:00Z' });
    target.refuse = (arn) => (arn === QUEUE ? new Error('down') : undefined);

    await create('nightly', withTarget({ ...DEAD_LETTER, RetryPolicy: { MaximumEventAgeInSeconds: 60 } }));
    await clock.advanceTo('2026-11-24T03:00:00Z');

    // Attempts at 0, 1, 3, 7, 15 and 31 s; the next would be at 63.
    expect(target.sent[0]?.at).toBe('2026-11-24T02:00:31.000Z');
    expect(target.sent[0]?.attributes).toMatchObject({
      EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds',
      RETRY_ATTEMPTS: '5',
    });
  });

  test('has 185 retries in 24 hours by default', async () => {
    const { clock, create, target } = await setup({ now: '2026-11-23T12:00:00Z' });
    target.refuse = (arn) => (arn === QUEUE ? new Error('down') : undefined);

    await create('once', { ScheduleExpression: 'at(2026-11-24T02:00:00)', ...withTarget(DEAD_LETTER) });
    await clock.advanceTo('2026-11-25T02:00:00Z');

    expect(target.sent[0]?.attributes).toMatchObject({
      EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
      RETRY_ATTEMPTS: '185',
    });
  });

  test('goes there at once when no retry could help', async () => {
    const { clock, create, target } = await setup({ now: '2026-11-23T12:00:00Z' });
    const gone = new PermanentDeliveryError('AWS.SimpleQueueService.NonExistentQueue', 'The queue does not exist.');
    target.refuse = (arn) => (arn === QUEUE ? gone : undefined);

    await create('nightly', withTarget(DEAD_LETTER));
    await clock.advanceTo('2026-11-24T02:00:00Z');

    expect(target.sent[0]?.attributes).toMatchObject({
      ERROR_CODE: 'AWS.SimpleQueueService.NonExistentQueue',
      ERROR_MESSAGE: 'The queue does not exist.',
      RETRY_ATTEMPTS: '0',
    });
    expect(target.sent[0]?.attributes).not.toHaveProperty('EXHAUSTED_RETRY_CONDITION');
  });

  test.each([
    ['without a dead-letter queue', {}, 'no-dead-letter-queue'],
    ['whose dead-letter queue fails too', DEAD_LETTER, 'dead-letter-queue-failed'],
  ])('%s is reported as dropped', async (_what, deadLetter, reason) => {
    const { clock, create, target, events } = await setup({ now: '2026-11-23T12:00:00Z' });
    target.refuse = () => new PermanentDeliveryError('Gone', 'gone');

    await create('nightly', withTarget(deadLetter));
    await clock.advanceTo('2026-11-24T02:00:00Z');

    expect(events).toEqual([`dropped nightly 2026-11-24T02:00Z ${reason}`]);
  });
});
