import { describe, expect, test } from 'vitest';
import { DAY, epochMs, HOUR, MINUTE, milliseconds, SECOND } from '../../lib/units.ts';
import { type Answer, startAlertServer } from './alert-server.ts';
import { DeliveryWorld, type WorldOptions } from './delivery-world.ts';
import { FAILED_AT, notice } from './notices.ts';

const OK: Answer = { status: 200, body: 'ok' };

/** A world whose only channel is a Slack-shaped server. */
async function setup(answer: (world: DeliveryWorld, tries: number) => Answer, more: Partial<WorldOptions> = {}) {
  const holder: { world?: DeliveryWorld; tries: number } = { tries: 0 };
  const server = await startAlertServer(() => answer(holder.world as DeliveryWorld, ++holder.tries));
  const world = new DeliveryWorld({
    secrets: { '/slack': `${server.url}/services/T0/B0/hunter2` },
    channels: { slack: { url: { ssm: '/slack' } } },
    ...more,
  });
  holder.world = world;
  return { world, server };
}

/** When a later episode begins. */
const LATER = epochMs(FAILED_AT + 30 * MINUTE);

const minutesPassed = (world: DeliveryWorld): number => (world.now - FAILED_AT) / MINUTE;

describe('none lost, none twice', () => {
  test('a service that takes an alert gets it once', async () => {
    const { world, server } = await setup(() => OK);
    world.publish();

    await world.run();

    expect(server.received).toHaveLength(1);
    expect(JSON.parse(server.received[0]?.body ?? '').text).toContain('report failed: TypeError');
    expect(world.deadLetters).toEqual([]);
  });

  test('a service that answers 500 for ten minutes gets it once it is well again', async () => {
    const { world, server } = await setup((now) => (minutesPassed(now) < 10 ? { status: 500 } : OK));
    for (let index = 0; index < 5; index++) world.publish();

    await world.run(milliseconds(HOUR));

    expect(server.accepted).toHaveLength(5);
    expect(world.waiting).toBe(0);
    expect(world.deadLetters).toEqual([]);
  });

  test('a service that does not answer in time is asked again', async () => {
    const { world, server } = await setup((_, tries) => (tries === 1 ? 'hang' : OK), { timeout: milliseconds(500) });
    world.publish();

    await world.run();

    expect(server.accepted).toHaveLength(1);
    expect(world.events[0]).toMatchObject({ event: 'alert-postponed', reason: 'it did not answer in time' });
  });

  test('a service that breaks the connection is asked again', async () => {
    const { world, server } = await setup((_, tries) => (tries === 1 ? 'reset' : OK));
    world.publish();

    await world.run();

    expect(server.accepted).toHaveLength(1);
  });

  test('a service that refuses connections is asked again, for hours', async () => {
    const { world, server } = await setup(() => OK);
    await server.close();
    world.publish();

    await world.run(milliseconds(6 * HOUR));

    expect(world.deadLetters).toEqual([]);
    expect(world.waiting).toBe(1);
    expect(world.events[0]).toMatchObject({ reason: 'it cannot be reached (ECONNREFUSED)' });
  });

  test.each([408, 425, 429, 500, 502, 503, 504])('the answer %i is asked again', async (status) => {
    const { world, server } = await setup((_, tries) => (tries === 1 ? { status } : OK));
    world.publish();

    await world.run();

    expect(server.accepted).toHaveLength(1);
    expect(world.deadLetters).toEqual([]);
  });

  test.each([400, 401, 403, 404, 410, 413, 418])(
    'the answer %i is a dead letter at once, with the reason',
    async (status) => {
      const { world, server } = await setup(() => ({ status, body: 'no_service' }));
      world.publish();

      await world.run();

      expect(server.received).toHaveLength(1);
      expect(world.deadLetters).toMatchObject([
        { channel: 'slack', reason: `slack: it answered ${status}: no_service` },
      ]);
      expect(world.waiting).toBe(0);
    },
  );

  test.each([301, 302, 307, 308])('a redirect, %i, is not followed', async (status) => {
    const other = await startAlertServer(() => OK);
    const { world, server } = await setup(() => ({ status, headers: { location: other.url } }));
    world.publish();

    await world.run();

    expect(server.received).toHaveLength(1);
    expect(other.received).toEqual([]);
    expect(world.deadLetters).toMatchObject([{ reason: `slack: it answered ${status} (redirects are not followed)` }]);
  });

  test('a service is left alone for as long as it asks in seconds', async () => {
    const { world, server } = await setup((now) =>
      now.now - FAILED_AT < 300_000 ? { status: 429, headers: { 'retry-after': '300' } } : OK,
    );
    world.publish();

    await world.run();

    expect(server.received).toHaveLength(2);
    expect(server.accepted).toHaveLength(1);
  });

  test('a service is left alone until the date that it gives', async () => {
    const { world, server } = await setup((now) =>
      now.now - FAILED_AT < 20 * MINUTE
        ? { status: 503, headers: { 'retry-after': 'Tue, 02 Mar 2027 01:20:04 GMT' } }
        : OK,
    );
    world.publish();

    await world.run();

    expect(server.received).toHaveLength(2);
    expect(server.accepted).toHaveLength(1);
  });

  test.each(['', 'soon', '-5', '99999999999999'])('a Retry-After of %j does not lose an alert', async (after) => {
    const { world, server } = await setup((now) =>
      now.now - FAILED_AT < 30 * SECOND ? { status: 429, headers: { 'retry-after': after } } : OK,
    );
    world.publish();

    await world.run();

    expect(server.accepted).toHaveLength(1);
  });

  test('an alert that no one has taken for 12 hours is a dead letter, with the reason', async () => {
    const { world, server } = await setup(() => ({ status: 500 }));
    world.publish();

    await world.run(milliseconds(6 * HOUR));
    expect(world.deadLetters).toEqual([]);
    await world.run(milliseconds(DAY));

    expect(world.deadLetters).toMatchObject([
      { channel: 'slack', reason: expect.stringMatching(/^slack: it answered 500 \(\d+ tries\)$/) },
    ]);
    expect(server.received.length).toBeLessThan(100);
    expect(world.waiting).toBe(0);
  });

  test('a dead letter that is moved back goes to the channel it is for', async () => {
    let status = 404;
    const { world, server } = await setup(() => ({ status }));
    world.publish();
    await world.run();
    expect(world.deadLetters).toHaveLength(1);

    status = 200;
    world.redrive();
    await world.run();
    world.redrive();
    await world.run();

    expect(server.accepted).toHaveLength(1);
    expect(world.deadLetters).toEqual([]);
  });

  test('a message that SQS delivers twice is sent once', async () => {
    const { world, server } = await setup(() => OK);
    const envelope = JSON.stringify({
      Type: 'Notification',
      MessageId: 'one',
      Message: 'text',
      Timestamp: '2027-03-02T01:00:04Z',
    });
    world.send(envelope);
    world.send(envelope);

    await world.run();

    expect(server.received).toHaveLength(1);
  });
});

describe('several channels', () => {
  const secretsOf = (url: string) => ({ '/slack': `${url}/slack`, '/hook': `${url}/hook`, '/teams': `${url}/teams` });
  const channels = {
    email: true,
    slack: { url: { ssm: '/slack' } },
    teams: { url: { ssm: '/teams' } },
    webhook: { url: { ssm: '/hook' } },
  } as const;

  test('a retry goes to the remaining channels only', async () => {
    const tries: Record<string, number> = {};
    const server = await startAlertServer(({ path }) => {
      tries[path] = (tries[path] ?? 0) + 1;
      return path === '/teams' && tries[path] < 4 ? { status: 503 } : OK;
    });
    const mails: string[] = [];
    const world = new DeliveryWorld({
      secrets: secretsOf(server.url),
      channels,
      mail: async ({ subject }) => void mails.push(subject),
    });
    world.publish();

    await world.run();

    expect(tries).toEqual({ '/slack': 1, '/hook': 1, '/teams': 4 });
    expect(mails).toEqual([notice().subject]);
  });

  test('a retry in another process goes to the remaining channels only', async () => {
    const server = await startAlertServer(({ path }) => (path === '/teams' ? { status: 503 } : OK));
    const world = new DeliveryWorld({ secrets: secretsOf(server.url), channels });
    world.publish();
    await world.run(milliseconds(1));

    world.replaceProcess();
    await world.run(milliseconds(MINUTE));

    expect(server.accepted.map(({ path }) => path).sort()).toEqual(['/hook', '/slack']);
    expect(server.received.filter(({ path }) => path === '/teams').length).toBeGreaterThan(1);
  });

  test('a channel that asks to be left alone for long does not delay the others, and is left alone', async () => {
    const asked: number[] = [];
    let failures = 1;
    const server = await startAlertServer(({ path }) => {
      if (path === '/slack') {
        asked.push(world.now);
        return asked.length === 1 ? { status: 429, headers: { 'retry-after': '3000' } } : OK;
      }
      return path === '/hook' && failures-- > 0 ? { status: 500 } : OK;
    });
    const world: DeliveryWorld = new DeliveryWorld({ secrets: secretsOf(server.url), channels });
    world.publish();

    await world.run(milliseconds(MINUTE));
    expect(server.accepted.map(({ path }) => path).sort()).toEqual(['/hook', '/teams']);
    await world.run(milliseconds(HOUR));

    expect(asked.map((at) => at - FAILED_AT)).toEqual([0, 3_000_000]);
  });

  test('a channel whose secret is missing does not keep the others from theirs', async () => {
    const server = await startAlertServer(() => OK);
    const { '/slack': _, ...secrets } = secretsOf(server.url);
    const world = new DeliveryWorld({ secrets, channels });
    world.publish();

    await world.run(milliseconds(MINUTE));

    expect(server.accepted).toHaveLength(2);
    expect(world.events).toContainEqual(
      expect.objectContaining({ channel: 'slack', reason: 'its secret ssm /slack cannot be read: ParameterNotFound' }),
    );
  });

  test('a topic of mails that cannot be reached gets its mail later', async () => {
    const mails: string[] = [];
    let isDown = true;
    const world = new DeliveryWorld({
      secrets: {},
      channels: { email: true },
      mail: async ({ subject }) => {
        if (isDown) throw new Error('throttled');
        mails.push(subject);
      },
    });
    world.publish();
    await world.run(milliseconds(MINUTE));

    isDown = false;
    await world.run();

    expect(mails).toEqual([notice().subject]);
  });
});

describe('without the table', () => {
  test('an alert is sent at once, and not again by the same process', async () => {
    let isDown = true;
    const { world, server } = await setup(() => OK);
    const { log } = world;
    const fail = async () => {
      if (isDown) throw new Error('no table');
    };
    world.log = Object.assign(Object.create(log), {
      states: async (id: string) => {
        await fail();
        return log.states(id);
      },
      note: async (...given: Parameters<typeof log.note>) => {
        await fail();
        return log.note(...given);
      },
    });
    const body = JSON.stringify({
      Type: 'Notification',
      MessageId: 'one',
      Message: 'text',
      Timestamp: '2027-03-02T01:00:04Z',
    });
    world.send(body);
    await world.run(milliseconds(1));
    isDown = false;
    world.send(body);
    await world.run();

    expect(server.received).toHaveLength(1);
  });

  test('a message that may have reached some channels waits for the table', async () => {
    const { world, server } = await setup((now) => (minutesPassed(now) < 1 ? { status: 500 } : OK));
    world.publish();
    await world.run(milliseconds(1));
    const { log } = world;
    world.log = Object.assign(Object.create(log), {
      states: async () => {
        throw new Error('no table');
      },
    });
    await world.run(milliseconds(HOUR));
    expect(server.received).toHaveLength(1);

    world.log = log;
    await world.run();

    expect(server.accepted).toHaveLength(1);
  });
});

describe('stories', () => {
  test('an alert that is delayed until its story is over says so', async () => {
    const { world, server } = await setup((_, tries) => (tries === 1 ? { status: 500 } : OK));
    world.publish();
    await world.run(milliseconds(1));
    world.publish(notice({ facts: { isOver: true }, subject: '[prod] report runs again' }));

    await world.run();

    const [over, delayed] = server.accepted.map(({ body }) => body);
    expect(over).toContain('report runs again');
    expect(delayed).toContain('this message was delayed');
  });

  test('each end in a list is noted, and a list that is delayed triggers no incident that is over', async () => {
    let status = 500;
    const server = await startAlertServer(() => ({ status }));
    const world = new DeliveryWorld({
      secrets: { '/hook': server.url },
      channels: { webhook: { url: { ssm: '/hook' } } },
    });
    const each = ['failed:report', 'failed:invoice'].map((story) => ({ ...notice().facts, story }));
    world.publish(notice({ facts: { each } }));
    await world.run(milliseconds(1));

    world.publish(notice({ facts: { each: each.map((facts) => ({ ...facts, isOver: true })) } }));
    await world.run(milliseconds(1));
    status = 200;
    await world.run();

    expect(await world.log.overAt({ story: 'failed:report', since: FAILED_AT })).toBeGreaterThan(FAILED_AT);
    expect(await world.log.overAt({ story: 'failed:invoice', since: FAILED_AT })).toBeGreaterThan(FAILED_AT);
    expect(server.accepted).toHaveLength(2);
  });

  test('an alert of a story that begins anew is not taken for over', async () => {
    const { world, server } = await setup((_, tries) => (tries === 2 ? { status: 500 } : OK));
    world.publish(notice({ facts: { isOver: true } }));
    await world.run(milliseconds(MINUTE));
    world.publish();

    await world.run();

    expect(server.accepted.at(-1)?.body).not.toContain('delayed');
  });

  test('the end of an earlier episode does not make a later one over that is delayed', async () => {
    const { world, server } = await setup((_, tries) => (tries === 1 ? { status: 500 } : OK));
    world.publish(notice({ facts: { since: LATER } }));
    await world.run(milliseconds(1));
    world.publish(notice({ facts: { isOver: true }, subject: '[prod] report runs again' }));

    await world.run();

    expect(server.accepted).toHaveLength(2);
    expect(server.accepted.at(-1)?.body).not.toContain('delayed');
  });

  test('the end of an earlier episode that comes when a later one is open says so, and looks like no end', async () => {
    const { world, server } = await setup(() => OK);
    world.log.stories.set('failed:report', LATER);
    world.publish(notice({ facts: { isOver: true }, subject: '[prod] report runs again' }));

    await world.run();

    const { text, blocks } = JSON.parse(server.accepted[0]?.body ?? '');
    expect(text).toBe(':red_circle: [prod] delayed: report runs again');
    expect(JSON.stringify(blocks)).toContain(
      '*Begun once more*\\n`since 2027-03-02 01:30 UTC: this message was delayed`',
    );
  });

  test('the end of what is open no more is an end', async () => {
    const { world, server } = await setup(() => OK);
    world.log.stories.set('failed:report', FAILED_AT);
    world.publish(notice({ facts: { isOver: true } }));

    await world.run();

    expect(JSON.parse(server.accepted[0]?.body ?? '').text).toMatch(/^:white_check_mark: /);
  });

  test('a list names what it ends and has begun once more, and what it begins and is over by now', async () => {
    const { world, server } = await setup((_, tries) => (tries === 1 ? { status: 500 } : OK));
    const each = [
      { ...notice().facts, isOver: true },
      { ...notice().facts, story: 'failed:invoice' },
      { ...notice().facts, story: 'failed:refund' },
    ];
    world.log.stories.set('failed:report', LATER);
    world.publish(notice({ facts: { each } }));
    await world.run(milliseconds(1));
    world.publish(notice({ facts: { story: 'failed:invoice', isOver: true } }));

    await world.run();

    const fields = server.accepted.at(-1)?.body;
    expect(fields).toContain('*Over*\\n`failed:invoice: this message was delayed`');
    expect(fields).toContain('*Begun once more*\\n`failed:report: this message was delayed`');
  });
});

describe('secrets', () => {
  test('no event and no dead letter has the address, whatever the service answers', async () => {
    const { world, server } = await setup(() => ({ status: 404, body: 'Cannot POST /services/T0/B0/hunter2' }));
    world.publish();

    await world.run();

    const said = JSON.stringify([world.events, world.deadLetters.map(({ reason }) => reason)]);
    expect(said).toContain('Cannot POST (secret)');
    expect(said).not.toMatch(/hunter2|127\.0\.0\.1/);
    expect(server.received).toHaveLength(1);
  });

  test.each([
    ['http://example.com/hunter2', 'the URL in its secret must begin with https://'],
    ['file:///etc/hunter2', 'the URL in its secret must begin with https://'],
    ['hunter2', 'its secret is not a URL'],
  ])('the address %s is refused without being shown', async (address, reason) => {
    const world = new DeliveryWorld({
      secrets: { '/slack': address },
      channels: { slack: { url: { ssm: '/slack' } } },
    });
    world.publish();

    await world.run();

    expect(world.deadLetters).toMatchObject([{ reason: `slack: ${reason}` }]);
    expect(JSON.stringify(world.events)).not.toContain('hunter2');
  });
});

test('a message that is no notification of SNS is sent as it is', async () => {
  const { world, server } = await setup(() => OK);
  world.send('by hand\nwith more');

  await world.run();

  expect(server.accepted[0]?.body).toContain('by hand');
});
