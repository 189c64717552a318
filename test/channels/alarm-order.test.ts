import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noticeOfAlarm } from '../../lib/channels/alarm.ts';
import type { Notice } from '../../lib/channels/notice.ts';
import { MemoryDeliveryLog } from '../../lib/store/memory/memory-delivery-log.ts';
import { DAY, type EpochMs, epochMs, MINUTE } from '../../lib/units.ts';
import { FAILED_AT } from './notices.ts';

type State = 'ALARM' | 'OK' | 'INSUFFICIENT_DATA';

/** A notification: CloudWatch's change of state in a message of SNS. */
interface Notification {
  readonly id: string;
  readonly state: State;
  readonly at: EpochMs;
}

const minute = (count: number): EpochMs => epochMs(FAILED_AT + count * MINUTE);
const ring = (count: number, id = `ring-${count}`): Notification => ({ id, state: 'ALARM', at: minute(count) });
const end = (count: number, id = `end-${count}`): Notification => ({ id, state: 'OK', at: minute(count) });

const handle = ({ id, state, at }: Notification, log: MemoryDeliveryLog): Promise<Notice | undefined> =>
  noticeOfAlarm(
    {
      name: 'shop-prod-undelivered',
      description: 'Due times lie there.',
      state,
      reason: '',
      at,
      region: '',
      partition: '',
    },
    { id, at, subject: '', message: '' },
    {
      deployment: 'shop-prod',
      log,
      report: (error) => {
        throw error;
      },
    },
  );

/** What is sent of notifications that are handled one after the other: `ring 0`, `ring 0 over 5`, `end 0`. */
async function sentOf(
  notifications: readonly Notification[],
  log = new MemoryDeliveryLog(),
): Promise<readonly string[]> {
  const sent: string[] = [];
  for (const each of notifications) {
    const notice = await handle(each, log);
    if (notice !== undefined) sent.push(textOf(notice));
  }
  return sent;
}

const countOf = (at: EpochMs): number => (at - FAILED_AT) / MINUTE;

const textOf = ({ facts: { isOver = false, since }, overSince, begunSince }: Notice): string =>
  [
    `${isOver ? 'end' : 'ring'} ${countOf(since)}`,
    ...(overSince === undefined ? [] : [`over ${countOf(overSince)}`]),
    ...(begunSince === undefined ? [] : [`begun ${countOf(begunSince)}`]),
  ].join(' ');

describe('notifications of an alarm that come in another order', () => {
  test('a ring that is newer than an end that came first is reported, and its own end too', async () => {
    expect(await sentOf([end(5), ring(10), end(15)])).toEqual(['ring 10', 'end 10']);
  });

  test('a ring that is older than an end that came first is reported as over', async () => {
    expect(await sentOf([end(5), ring(0)])).toEqual(['ring 0 over 5']);
  });

  test('the next ring after a ring that came late is reported', async () => {
    expect(await sentOf([end(5), ring(0), ring(10)])).toEqual(['ring 0 over 5', 'ring 10']);
  });

  test('a ring and an end of the same instant: the alarm rings', async () => {
    expect(await sentOf([end(5), ring(5)])).toEqual(['ring 5']);
    expect(await sentOf([ring(5), end(5)])).toEqual(['ring 5']);
  });

  test('an end does not end what rings again since, and the next one does', async () => {
    expect(await sentOf([ring(0), ring(10), end(5), end(15)])).toEqual(['ring 0', 'end 0']);
  });

  test('a ring in between that comes last is reported as over', async () => {
    expect(await sentOf([ring(0), end(5), end(15), ring(10)])).toEqual(['ring 0', 'end 0', 'ring 10 over 15']);
  });

  test('the same change in two messages is reported once', async () => {
    expect(await sentOf([ring(0), ring(0, 'other'), end(5), end(5, 'another')])).toEqual(['ring 0', 'end 0']);
  });

  test('a notification that is handled twice is decided alike', async () => {
    expect(await sentOf([ring(0), ring(0)])).toEqual(['ring 0', 'ring 0']);
    expect(await sentOf([ring(0), end(5), end(5)])).toEqual(['ring 0', 'end 0', 'end 0']);
    expect(await sentOf([end(5), end(5), ring(10), ring(12), ring(12)])).toEqual(['ring 10']);
  });

  test('an end whose redelivery comes after the next ring says that it rings', async () => {
    expect(await sentOf([ring(0), end(5), ring(10), end(5)])).toEqual(['ring 0', 'end 0', 'ring 10', 'end 0 begun 10']);
  });

  test('an alarm without data ends nothing and begins nothing', async () => {
    const without: Notification = { id: 'without', state: 'INSUFFICIENT_DATA', at: minute(5) };

    expect(await sentOf([ring(0), without, end(10)])).toEqual(['ring 0', 'end 0']);
  });

  test('what rings for more than a day is reported once more, and ends once', async () => {
    const day = DAY / MINUTE;

    expect(await sentOf([ring(0), ring(60), ring(day), ring(day + 60), end(day + 90)])).toEqual([
      'ring 0',
      'ring 0',
      'end 0',
    ]);
  });

  test('a ring that is part of another story and its end are not sent, and the next ring is', async () => {
    const log = new MemoryDeliveryLog();
    log.stories.set('dead-letters:undelivered', FAILED_AT);
    expect(await sentOf([ring(0), end(5)], log)).toEqual([]);
    log.stories.clear();

    expect(await sentOf([ring(10), end(15)], log)).toEqual(['ring 10', 'end 10']);
  });

  test('an alarm that changes its state very often keeps being reported', async () => {
    const changes = Array.from({ length: 300 }, (_, index) => [ring(2 * index), end(2 * index + 1)]).flat();

    expect(await sentOf(changes)).toHaveLength(600);
  });
});

/** Changes of state that alternate, at times of their own. */
const changes = fc
  .array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 8 })
  .chain((gaps) => fc.boolean().map((beginsWithEnd) => ({ gaps, beginsWithEnd })))
  .map(({ gaps, beginsWithEnd }) => {
    let at = 0;
    return gaps.map((gap, index) => {
      at += gap;
      return (index % 2 === 1) === beginsWithEnd ? ring(at) : end(at);
    });
  });

/** The same in any order, some of them several times: by SQS, or by SNS in another message. */
const deliveries = changes.chain((sequence) =>
  fc
    .array(fc.record({ index: fc.nat({ max: sequence.length - 1 }), isOtherMessage: fc.boolean() }), { maxLength: 4 })
    .map((doubles) =>
      doubles.flatMap(({ index, isOtherMessage }, serial) => {
        const one = sequence[index];
        return one === undefined ? [] : [isOtherMessage ? { ...one, id: `${one.id}-${serial}` } : one];
      }),
    )
    .chain((doubles) => fc.shuffledSubarray([...sequence, ...doubles], { minLength: sequence.length + doubles.length }))
    .map((order) => ({ sequence, order })),
);

/** What people believe after the messages that they got, each of them once. */
function believe(notices: readonly Notice[]): ReadonlySet<EpochMs> {
  const open = new Set<EpochMs>();
  for (const { facts, overSince } of notices) {
    if (facts.isOver === true) open.delete(facts.since);
    else if (overSince === undefined) open.add(facts.since);
  }
  return open;
}

describe('in any order, with doubles', () => {
  test('each ring is reported once or joins one that was, each end once, and the last state is what people believe', async () => {
    const property = fc.asyncProperty(deliveries, async ({ sequence, order }) => {
      const log = new MemoryDeliveryLog();
      const sent = new Map<string, Notice>();
      for (const [index, each] of order.entries()) {
        const notice = await handle(each, log);
        const before = order.slice(0, index);
        const isFirst = !before.some(({ id }) => id === each.id);
        if (notice !== undefined && isFirst) sent.set(each.id, notice);
        // A redelivery decides alike; the channels that have it do not get it again.
        if (!isFirst) expect(notice === undefined).toBe(!sent.has(each.id));
        if (isFirst && each.state === 'ALARM' && notice === undefined) expect(joins(each, before)).toBe(true);
      }
      const notices = [...sent.values()];
      const rings = notices.filter(({ facts }) => facts.isOver !== true).map(({ facts }) => facts.since);
      const ends = notices.filter(({ facts }) => facts.isOver === true).map(({ facts }) => facts.since);
      expect(new Set(rings).size).toBe(rings.length);
      expect(new Set(ends).size).toBe(ends.length);
      expect(ends.every((since) => rings.includes(since))).toBe(true);
      expect(believe(notices).size).toBe(sequence.at(-1)?.state === 'ALARM' ? 1 : 0);
    });

    await fc.assert(property, { numRuns: 3000 });
  });

  test('also when two are handled at the same time, the last state is what people believe', async () => {
    const property = fc.asyncProperty(deliveries, async ({ sequence, order }) => {
      const log = new MemoryDeliveryLog();
      const sent = new Map<string, Notice>();
      for (let index = 0; index < order.length; index += 2) {
        const pair = order.slice(index, index + 2);
        const notices = await Promise.all(pair.map((each) => handle(each, log)));
        for (const [place, notice] of notices.entries()) {
          const id = pair[place]?.id ?? '';
          if (notice !== undefined && !sent.has(id)) sent.set(id, notice);
        }
      }
      const notices = [...sent.values()];
      const begun = notices.filter(({ facts }) => facts.isOver !== true).map(({ facts }) => facts.since);
      expect(new Set(begun).size).toBe(begun.length);
      const ended = new Set(notices.filter(({ facts }) => facts.isOver === true).map(({ facts }) => facts.since));
      const open = notices.filter(({ facts, overSince }) => overSince === undefined && !ended.has(facts.since));
      expect(open).toHaveLength(sequence.at(-1)?.state === 'ALARM' ? 1 : 0);
    });

    await fc.assert(property, { numRuns: 1000 });
  });

  /** Whether a ring was known before it, and no end between the two. */
  const joins = ({ at }: Notification, before: readonly Notification[]): boolean =>
    before.some(
      (other) =>
        other.state === 'ALARM' &&
        !before.some(
          ({ state, at: ended }) => state === 'OK' && ended > Math.min(at, other.at) && ended <= Math.max(at, other.at),
        ),
    );
});
