import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ListedFacts } from '../../lib/observe/alert.ts';
import { MemoryDeliveryLog } from '../../lib/store/memory/memory-delivery-log.ts';
import { HOUR, MINUTE, milliseconds, plus, SECOND } from '../../lib/units.ts';
import { type AlertServer, type Answer, type Received, startAlertServer } from './alert-server.ts';
import { DeliveryWorld } from './delivery-world.ts';
import { FACTS, notice } from './notices.ts';

const OK: Answer = { status: 200 };
const JOBS = Array.from({ length: 6 }, (_, index) => `job-${index}`);
const each: readonly ListedFacts[] = JOBS.map((job) => ({
  ...FACTS,
  job,
  story: `failed:${job}`,
  subject: `${job} failed`,
}));
const LIST = notice({ subject: '[prod] 6 alerts', facts: { each } });

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A world with PagerDuty, whose events come to a server here; which answers by the job of an event and how many came. */
async function setup(answer: (job: string, count: number) => Answer) {
  let count = 0;
  const jobIn = ({ body }: Received): string => JSON.parse(body).payload.component;
  const server = await startAlertServer((request) => answer(jobIn(request), ++count));
  const { fetch } = globalThis;
  vi.stubGlobal('fetch', (url: string, options: RequestInit) =>
    fetch(url.replace('https://events.pagerduty.com', server.url), options),
  );
  const world = new DeliveryWorld({
    secrets: { '/pager': 'R0UT1NGK3Y' },
    channels: { pagerDuty: { routingKey: { ssm: '/pager' } } },
  });
  const jobsOf = (requests: AlertServer['received']): readonly string[] => requests.map(jobIn);
  return { world, server, accepted: () => jobsOf(server.accepted), received: () => jobsOf(server.received) };
}

describe('a list of which a service takes a part', () => {
  test('goes on with the rest after the service has asked to be left alone', async () => {
    const busy: Answer = { status: 429, headers: { 'retry-after': '60' } };
    const { world, accepted, received } = await setup((_, count) => (count === 4 || count === 6 ? busy : OK));
    world.publish(LIST);

    await world.run();

    expect(accepted()).toEqual(JOBS);
    expect(received()).toHaveLength(JOBS.length + 2);
    expect(world.deadLetters).toEqual([]);
  });

  test('goes on with the rest in another process', async () => {
    const { world, accepted } = await setup((_, count) => (count === 4 ? { status: 503 } : OK));
    world.publish(LIST);
    await world.run(milliseconds(1));

    world.replaceProcess();
    await world.run();

    expect(accepted()).toEqual(JOBS);
  });

  test('goes on with the rest where the table does not know how far it is, in the same process', async () => {
    const { world, accepted } = await setup((_, count) => (count === 4 ? { status: 503 } : OK));
    const fail = async () => {
      throw new Error('no table');
    };
    world.log = Object.assign(new MemoryDeliveryLog(), { accepted: fail, noteAccepted: fail });
    world.publish(LIST);

    await world.run();

    expect(accepted()).toEqual(JOBS);
  });

  test('leaves out what is over by then, and mixes up no other', async () => {
    const { world, accepted } = await setup((_, count) => (count === 2 ? { status: 503 } : OK));
    world.publish(LIST);
    await world.run(milliseconds(1));
    await world.log.noteOver({ story: 'failed:job-2', since: FACTS.since }, plus(world.now, milliseconds(SECOND)));

    await world.run();

    expect(accepted()).toEqual(JOBS.filter((job) => job !== 'job-2'));
  });

  test('has one refused: the others are taken, and the dead letter that is moved back is that one', async () => {
    let isMended = false;
    const { world, accepted } = await setup((job) => (job === 'job-1' && !isMended ? { status: 400, body: 'no' } : OK));
    world.publish(LIST);
    await world.run(milliseconds(MINUTE));
    expect(accepted()).toEqual(JOBS.filter((job) => job !== 'job-1'));
    expect(world.deadLetters).toMatchObject([{ channel: 'pagerDuty', reason: 'pagerDuty: it answered 400: no' }]);

    isMended = true;
    world.replaceProcess();
    world.redrive();
    await world.run(milliseconds(HOUR));

    expect([...accepted()].sort()).toEqual(JOBS);
    expect(world.deadLetters).toEqual([]);
  });

  test('is taken slowly: a try ends in time, and the next goes on', async () => {
    const { world, accepted, received } = await setup(() => {
      world.now = plus(world.now, milliseconds(10 * SECOND));
      return OK;
    });
    world.publish(LIST);
    await world.run(milliseconds(1));
    expect(received()).toHaveLength(3);

    await world.run();

    expect(accepted()).toEqual(JOBS);
  });
});
