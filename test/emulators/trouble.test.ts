import { describe, expect, test } from 'vitest';
import { QUEUE, setup } from './setup.ts';

/** What goes wrong at the endpoint, and with its schedules. */

describe('an endpoint that goes away', () => {
  test('is told of once, and has what became due meanwhile when it is back', async () => {
    const { advanceTo, create, tick, events, goDown, comeBack, bodies } = await setup({ now: '2026-11-23T12:00:00Z' });
    await create('hourly');
    await tick.start();

    await advanceTo('2026-11-23T12:59:00Z');
    await goDown();
    await tick.look();
    await tick.look();
    await advanceTo('2026-11-23T13:00:00Z');
    await comeBack();
    await tick.look();
    await advanceTo('2026-11-23T13:00:01Z'); // the second attempt

    expect(events).toEqual([
      'trouble: list belfry-dev: Error',
      'trouble: send reports: Error',
      'over: list belfry-dev',
      'over: send reports',
      'fired hourly 2026-11-23T13:00:00Z',
    ]);
    expect(await bodies('reports')).toEqual(['2026-11-23T13:00:00Z']);
  });

  test('is told of again when it goes away again', async () => {
    const { tick, events, goDown, comeBack } = await setup({ now: '2026-11-23T12:00:00Z' });
    await tick.start();

    for (let outage = 1; outage <= 2; outage++) {
      await goDown();
      await tick.look();
      await comeBack();
      await tick.look();
    }

    const told = ['trouble: list belfry-dev: Error', 'over: list belfry-dev'];
    expect(events).toEqual([...told, ...told]);
  });

  test('at the start is an error', async () => {
    const { tick, goDown } = await setup({ now: '2026-11-23T12:00:00Z' });
    await goDown();

    await expect(tick.start()).rejects.toThrow(/ECONNREFUSED/);
  });

  test('and comes back with its schedules one after the other fires none of them twice', async () => {
    let isEmpty = false;
    const { advanceTo, create, tick, events } = await setup({
      now: '2026-11-23T12:00:00Z',
      intercept: (next) => async (request) => {
        if (isEmpty) return { status: 200, headers: {}, body: '{"Schedules":[]}' };
        return await next(request);
      },
    });
    await create('hourly');
    await tick.start();

    await advanceTo('2026-11-23T13:00:02Z');
    isEmpty = true;
    await tick.look();
    isEmpty = false;
    await advanceTo('2026-11-23T13:00:07Z');
    await tick.look();
    await advanceTo('2026-11-23T13:30:00Z');

    expect(events).toEqual(['fired hourly 2026-11-23T13:00:00Z', 'gone hourly', 'new hourly']);
  });
});

describe('a schedule that cannot be fired', () => {
  const topic = 'arn:aws:sns:us-east-1:000000000000:topic';

  /** As an emulator keeps it that checks nothing. */
  const withExpression = (expression: string, zone = 'UTC') =>
    setup({
      now: '2026-11-23T12:00:00Z',
      intercept: (next) => async (request) => {
        const { body, ...response } = await next(request);
        if (!request.path.endsWith('/broken')) return { ...response, body };
        const stored = {
          ...JSON.parse(String(body)),
          ScheduleExpression: expression,
          ScheduleExpressionTimezone: zone,
        };
        return { ...response, body: JSON.stringify(stored) };
      },
    });

  test.each([
    ['cron(bogus)', 'UTC', /cron\(bogus\)/],
    ['rate(often)', 'UTC', /rate\(often\).*rate\(value unit\)/],
    ['cron(0 2 * * ? *)', 'Europe/Stokholm', /Europe\/Stokholm: no such time zone; write Europe\/Stockholm/],
  ])('for its expression %s in %s is told with the reason, once', async (expression, zone, reason) => {
    const { advanceTo, create, tick, events } = await withExpression(expression, zone);
    await create('broken');
    await create('hourly');

    const changes = await tick.start();
    await tick.look();
    await advanceTo('2026-11-23T13:00:00Z');

    expect(changes).toMatchObject([
      { kind: 'unsupported', schedule: { name: 'broken' }, reason: expect.stringMatching(reason) },
      { kind: 'new', schedule: { name: 'hourly' } },
    ]);
    expect(events).toEqual(['fired hourly 2026-11-23T13:00:00Z']);
  });

  test.each([topic, `${QUEUE}.fifo`, 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage'])(
    'for its target %s is told with the reason',
    async (Arn) => {
      const { create, tick } = await setup({
        now: '2026-11-23T12:00:00Z',
        intercept: (next) => async (request) => {
          const { body, ...response } = await next(request);
          return { ...response, body: String(body).replaceAll(QUEUE, Arn) };
        },
      });
      await create('elsewhere');

      const reason = `its target ${Arn} is no standard SQS queue, and only those are sent to`;
      expect(await tick.start()).toMatchObject([{ kind: 'unsupported', schedule: { name: 'elsewhere' }, reason }]);
    },
  );

  test('is fired no more when it was fired before, and again when it is mended', async () => {
    const zones = { stored: 'UTC' };
    const { advanceTo, create, update, tick, events } = await setup({
      now: '2026-11-23T12:00:00Z',
      intercept: (next) => async (request) => {
        const { body, ...response } = await next(request);
        return { ...response, body: String(body).replaceAll('"UTC"', `"${zones.stored}"`) };
      },
    });
    await create('hourly');
    await tick.start();

    await advanceTo('2026-11-23T12:30:00Z');
    await update('hourly');
    zones.stored = 'Mars/Olympus';
    await tick.look();
    await advanceTo('2026-11-23T13:30:00Z');
    await update('hourly');
    zones.stored = 'UTC';
    await tick.look();
    await advanceTo('2026-11-23T14:00:00Z');

    expect(events).toEqual([
      expect.stringMatching(/^unsupported hourly: .*Mars\/Olympus/),
      'new hourly',
      'fired hourly 2026-11-23T14:00:00Z',
    ]);
  });
});
