import { describe, expect, test } from 'vitest';
import type { RunRecord, Skip } from '../../lib/run/record.ts';
import { LOCK_MARGIN } from '../../lib/run/timeouts.ts';
import { plus } from '../../lib/units.ts';
import { DUE, minutes, scheduledRequest, secondsOf } from '../support/requests.ts';
import { createRunHarness, fails } from '../support/run-harness.ts';

const OTHER = 'report/2027-03-02T02:01Z/nightly';
const other = (trigger: 'schedule' | 'catch-up' | 'backfill' | 'manual') =>
  scheduledRequest({ job: 'report', run: OTHER, scheduledTime: plus(DUE, minutes(1)), trigger });

/** A job that is asked whether its runs may start. */
function setup(admit: (run: RunRecord) => Skip | undefined, run: () => unknown = () => {}) {
  const asked: RunRecord[] = [];
  const calls: string[] = [];
  const harness = createRunHarness(
    () => {
      calls.push('run');
      return run();
    },
    { retry: { maxAttempts: 2 } },
    {
      admit(record) {
        asked.push(record);
        return admit(record);
      },
    },
  );
  return { harness, asked, calls };
}

describe('a run that is not admitted', () => {
  test('is recorded as skipped with the reason, acknowledged, and nothing of it is begun', async () => {
    const { harness, calls } = setup(() => ({ reason: 'too-late' }));

    expect(await harness.deliver(harness.request())).toEqual({ kind: 'acknowledge', mustExit: false });

    expect(await harness.record()).toMatchObject({ status: 'skipped', reason: 'too-late', attempt: 0, attempts: [] });
    expect(calls).toEqual([]);
    expect(harness.locks.calls).toEqual(['read']);
    expect(harness.events).toMatchObject([{ event: 'run-skipped', reason: 'too-late' }]);
  });

  test('by a calendar is recorded and told with its name', async () => {
    const { harness } = setup(() => ({ reason: 'calendar', calendar: 'holidays' }));

    await harness.deliver(harness.request());

    expect(await harness.record()).toMatchObject({ status: 'skipped', reason: 'calendar', calendar: 'holidays' });
    expect(harness.events).toMatchObject([{ event: 'run-skipped', reason: 'calendar', calendar: 'holidays' }]);
  });

  test('stays skipped for its own message, and runs for a backfill', async () => {
    const { harness, calls } = setup(({ trigger }) => (trigger === 'schedule' ? { reason: 'too-late' } : undefined));
    await harness.deliver(harness.request());

    await harness.deliver(harness.request(), { receiveCount: 2 });
    expect(calls).toEqual([]);
    await harness.deliver(harness.request({ trigger: 'backfill' }));

    expect(await harness.record()).toMatchObject({ status: 'completed', trigger: 'backfill' });
    expect(await harness.record()).not.toHaveProperty('reason');
  });

  test('is looked at again later, uncounted, when the question itself fails', async () => {
    let broken = true;
    const { harness } = setup(() => {
      if (broken) throw new Error('no calendar');
      return undefined;
    });

    const disposition = await harness.deliver(harness.request());
    expect(disposition.kind).toBe('postpone');
    expect(await harness.record()).toMatchObject({ status: 'retrying', attempt: 0 });
    broken = false;
    harness.clock.jumpTo(plus(DUE, minutes(5)));
    await harness.deliver(harness.request(), { receiveCount: 2 });

    expect(await harness.record()).toMatchObject({ status: 'completed', attempt: 1 });
  });
});

describe('what is asked about', () => {
  test('is the first attempt only: what has begun is tried to its end', async () => {
    const { harness, asked, calls } = setup(
      ({ attempt, startedAt }) =>
        attempt > 1 || startedAt !== plus(DUE, secondsOf(1)) ? { reason: 'too-late' } : undefined,
      fails as () => unknown,
    );
    await harness.deliver(harness.request());
    harness.clock.jumpTo(plus(DUE, minutes(120)));

    await harness.deliver(harness.request(), { receiveCount: 2 });

    expect(asked).toHaveLength(1);
    expect(calls).toEqual(['run', 'run']);
    expect(await harness.record()).toMatchObject({ status: 'failed', attempt: 2 });
  });

  test('has the time of its first claim, also when that attempt was given back', async () => {
    let broken = true;
    const { harness, asked } = setup(() => {
      if (broken) throw new Error('no calendar');
      return undefined;
    });
    await harness.deliver(harness.request());
    broken = false;
    harness.clock.jumpTo(plus(DUE, minutes(120)));

    await harness.deliver(harness.request(), { receiveCount: 2 });

    expect(asked.map(({ startedAt }) => startedAt)).toEqual([plus(DUE, secondsOf(1)), plus(DUE, secondsOf(1))]);
  });

  test('is no dead letter that was moved back: somebody wants it', async () => {
    const { harness, asked, calls } = setup(() => ({ reason: 'too-late' }));

    await harness.deliver(harness.request(), { deadLetterAttempts: 1 });

    expect(asked).toEqual([]);
    expect(calls).toEqual(['run']);
  });
});

describe('a run in a later round', () => {
  test('is not judged again, though only lost attempts came before and a plain message brings it', async () => {
    const { harness, asked } = setup(() => undefined);
    const down = { when: 'before', error: new Error('no table') } as const;
    for (const attempt of [1, 2]) {
      harness.runs.failNext('settle', down);
      await harness.deliver(harness.request(), { receiveCount: attempt });
      harness.clock.jumpTo(plus(harness.clock.now(), minutes(2)));
    }
    await harness.deliver(harness.request(), { receiveCount: 3 });
    expect(await harness.record()).toMatchObject({ status: 'failed', attempt: 2 });
    harness.locks.failNext('take', down);
    await harness.deliver(harness.request(), { deadLetterAttempts: 2 });
    harness.clock.jumpTo(plus(harness.clock.now(), minutes(30)));
    asked.length = 0;

    await harness.deliver(harness.request(), { receiveCount: 4 });

    expect(asked).toEqual([]);
    expect(await harness.record()).toMatchObject({ status: 'completed', attempt: 3, round: 1 });
  });
});

describe('a run that meets another of its job', () => {
  /** The first run waits for its next attempt and keeps the lock. */
  async function busy() {
    const harness = createRunHarness(fails);
    const first = await harness.deliver(harness.request());
    if (first.kind !== 'postpone') throw new Error(first.kind);
    return { harness, lockedUntil: plus(first.until, LOCK_MARGIN) };
  }

  test.each(['catch-up', 'backfill'] as const)(
    'is given back, uncounted, as a %s, and open at once: the watchdog sends it again, and not its queue',
    async (trigger) => {
      const { harness } = await busy();

      const disposition = await harness.deliver(other(trigger));

      const nextAttemptAt = harness.clock.now();
      expect(disposition).toMatchObject({ kind: 'acknowledge' });
      expect(await harness.record(OTHER)).toMatchObject({ status: 'retrying', attempt: 0, nextAttemptAt });
      expect(harness.deadLetters).toEqual([]);
    },
  );

  test('is skipped for it as a run by a schedule', async () => {
    const { harness } = await busy();

    await harness.deliver(other('schedule'));

    expect(await harness.record(OTHER)).toMatchObject({ status: 'skipped', reason: 'overlap' });
  });

  test('waits for it as a run by hand, pending and uncounted', async () => {
    const { harness } = await busy();

    expect(await harness.deliver(other('manual'))).toMatchObject({ kind: 'acknowledge' });

    expect(await harness.record(OTHER)).toMatchObject({ status: 'pending', attempt: 0, attempts: [] });
  });

  test('and comes again runs as its first attempt', async () => {
    const { harness, lockedUntil } = await busy();
    await harness.deliver(other('catch-up'));
    harness.clock.jumpTo(lockedUntil);

    await harness.deliver(other('catch-up'));

    expect(await harness.record(OTHER)).toMatchObject({ attempt: 1, attempts: [{ n: 1, cause: 'first' }] });
  });
});

describe('a watcher outside', () => {
  function watched(run: () => unknown, ping: () => Promise<void> = async () => {}) {
    const pings: string[] = [];
    const harness = createRunHarness(
      run,
      { retry: { maxAttempts: 2 } },
      {
        async ping({ id }) {
          pings.push(`${id} ${harness.locks.calls.join()}`);
          await ping();
        },
      },
    );
    return { harness, pings };
  }

  test('is told of a completed run once it is recorded and the lock is free', async () => {
    const { harness, pings } = watched(() => {});

    await harness.deliver(harness.request());

    expect(pings).toEqual(['report/2027-03-02T02:00Z/nightly take,release']);
    expect(harness.runs.calls).toEqual(['claim', 'settle']);
  });

  test('is not told of a duplicate, nor of what has failed or is tried again', async () => {
    const { harness, pings } = watched(() => {});
    await harness.deliver(harness.request());
    await harness.deliver(harness.request(), { receiveCount: 2 });
    const failing = watched(() => fails(undefined, undefined as never));
    await failing.harness.deliver(failing.harness.request());
    failing.harness.clock.jumpTo(plus(DUE, minutes(5)));
    await failing.harness.deliver(failing.harness.request(), { receiveCount: 2 });

    expect(pings).toHaveLength(1);
    expect(failing.pings).toEqual([]);
    expect((await failing.harness.record())?.status).toBe('failed');
  });

  test('that does not answer takes nothing back: the run stays completed, and its message is acknowledged', async () => {
    const { harness } = watched(
      () => ({ rows: 3 }),
      () => Promise.reject(new Error('the pingUrl answered 500')),
    );

    expect(await harness.deliver(harness.request())).toMatchObject({ kind: 'acknowledge' });

    expect(await harness.record()).toMatchObject({ status: 'completed', result: { rows: 3 } });
    expect(harness.events.at(-1)).toMatchObject({
      event: 'infrastructure-failed',
      step: 'ping',
      error: { message: 'the pingUrl answered 500' },
    });
  });
});
