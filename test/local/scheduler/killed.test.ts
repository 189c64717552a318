import { describe, expect, test } from 'vitest';
import type { SavedMarks } from '../../../lib/local/scheduler/index.ts';
import { SECOND } from '../../../lib/units.ts';
import { MemoryMarks, setup } from './setup.ts';

/** What is fired after a process that could not say goodbye. Each scheduler has a clock and a memory of its own. */

const EVERY_MINUTE = { ScheduleExpression: 'cron(* * * * ? *)' };

/** Marks that a process had written by its end: what it saves later is lost with it. */
class KilledMarks extends MemoryMarks {
  #isDead = false;

  kill(): SavedMarks {
    this.#isDead = true;
    return this.saved;
  }

  override async save(saved: SavedMarks): Promise<void> {
    if (!this.#isDead) await super.save(saved);
  }
}

async function killedAt(instant: string, { isLostFrom }: { readonly isLostFrom?: string } = {}): Promise<MemoryMarks> {
  const marks = new KilledMarks();
  const { clock, create } = await setup({ now: '2026-11-23T11:58:10Z', marks });
  await create('often', EVERY_MINUTE);
  await clock.advanceTo(isLostFrom ?? instant);
  const next = new MemoryMarks();
  next.saved = marks.kill();
  await clock.advanceTo(instant);
  return next;
}

async function startedAt(now: string, marks: MemoryMarks) {
  const cloud = await setup({ now, marks });
  await cloud.create('often', EVERY_MINUTE);
  await cloud.clock.advanceBy(SECOND);
  return cloud;
}

describe('after a kill', () => {
  test('a due time whose mark was not written yet is fired, however late the start', async () => {
    const marks = await killedAt('2026-11-23T12:00:00.900Z', { isLostFrom: '2026-11-23T11:59:59.999Z' });

    const { events } = await startedAt('2026-11-23T12:00:04Z', marks);

    expect(events).toEqual(['fired often 2026-11-23T12:00Z attempt 1']);
  });

  test('it is fired in the morning too, and what was due in the night is reported', async () => {
    const marks = await killedAt('2026-11-23T23:00:00.900Z', { isLostFrom: '2026-11-23T22:59:59.999Z' });

    const { events } = await startedAt('2026-11-23T23:03:30Z', marks);

    expect(events).toEqual([
      'missed often 2026-11-23T23:01Z 2026-11-23T23:02Z 2026-11-23T23:03Z',
      'fired often 2026-11-23T23:00Z attempt 1',
    ]);
  });

  test('what was written down as fired is neither fired nor reported', async () => {
    const marks = await killedAt('2026-11-23T12:00:30Z');

    const { events } = await startedAt('2026-11-23T12:00:40Z', marks);

    expect(events).toEqual([]);
  });

  test('a due time between the kill and the start is fired when the off time was shorter than a minute', async () => {
    const marks = await killedAt('2026-11-23T12:00:57Z');

    const { events } = await startedAt('2026-11-23T12:01:03Z', marks);

    expect(events).toEqual(['fired often 2026-11-23T12:01Z attempt 1']);
  });

  test('a second kill before the mark is written has it fired again', async () => {
    const marks = await killedAt('2026-11-23T12:00:00.900Z', { isLostFrom: '2026-11-23T11:59:59.999Z' });
    const before = marks.saved;
    await startedAt('2026-11-23T12:00:04Z', marks);
    const next = new MemoryMarks();
    next.saved = before;

    const { events } = await startedAt('2026-11-23T12:00:09Z', next);

    expect(events).toEqual(['fired often 2026-11-23T12:00Z attempt 1']);
  });
});

test('after a clean stop, a due time that passed while nobody was on is reported, however short ago', async () => {
  const marks = new MemoryMarks();
  const first = await setup({ now: '2026-11-23T12:00:10Z', marks });
  await first.create('often', EVERY_MINUTE);
  await first.clock.advanceTo('2026-11-23T12:00:50Z');
  await first.scheduler.stop();

  const { events } = await startedAt('2026-11-23T12:01:05Z', marks);

  expect(events).toEqual(['missed often 2026-11-23T12:01Z']);
});

test('after a clean stop, a retry that was still to come is fired: it was due while the cloud was on', async () => {
  const marks = new MemoryMarks();
  const first = await setup({ now: '2026-11-23T12:00:10Z', marks });
  first.target.refuse = () => new Error('down');
  await first.create('often', EVERY_MINUTE);
  await first.clock.advanceTo('2026-11-23T12:01:20Z');
  await first.scheduler.stop();

  const { events } = await startedAt('2026-11-23T12:30:30Z', marks);

  expect(events.at(-1)).toBe('fired often 2026-11-23T12:01Z attempt 1');
});
