import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Trigger } from '../../lib/job/trigger.ts';
import type { Claimed, ClaimResult, RunRequest } from '../../lib/run/ports.ts';
import { type EpochMs, plus } from '../../lib/units.ts';
import type { DueTimeWithoutRun, OpenRun, RunLengths, UnreadableRecord } from '../../lib/watchdog/ports.ts';
import {
  claimRequest,
  DUE,
  lockRequest,
  manualRequest,
  minutes,
  scheduledRequest,
  secondsOf,
} from '../support/requests.ts';
import { ADAPTERS, RETENTION, type Stores } from './stores.ts';

const FOUND = plus(DUE, minutes(4));
const LATER = plus(DUE, minutes(10));
const ERROR = { name: 'Error', message: 'no' };

const withoutRun = (
  { run: id, job, schedule, scheduledTime }: RunRequest,
  more: Partial<DueTimeWithoutRun> = {},
): DueTimeWithoutRun => ({
  id,
  job,
  schedule: String(schedule),
  scheduledTime,
  at: FOUND,
  retention: RETENTION,
  ...more,
});

function claimed(result: ClaimResult): Claimed {
  if (result.kind !== 'claimed') throw new Error(`expected a claim, got ${result.kind}`);
  return result;
}

describe.each(ADAPTERS)('the watch store over $name', ({ open }) => {
  let stores: Stores;
  beforeAll(async () => {
    stores = await open();
  });
  afterAll(() => stores.close());

  const claim = (request: RunRequest, overrides: Parameters<typeof claimRequest>[1] = {}) =>
    stores.runs.claim(claimRequest(request, { now: LATER, ...overrides }));

  /** A due time that was recorded as missed. */
  async function missed(): Promise<RunRequest> {
    const request = scheduledRequest();
    await stores.watch.recordWithoutRun(withoutRun(request));
    return request;
  }

  async function skippedByCalendar(): Promise<RunRequest> {
    const request = scheduledRequest();
    await stores.watch.recordWithoutRun(withoutRun(request, { calendar: 'holidays' }));
    return request;
  }

  describe('a due time without a run', () => {
    test('is recorded as missed, and read like any run', async () => {
      const request = scheduledRequest();

      expect(await stores.watch.recordWithoutRun(withoutRun(request))).toBe(true);

      const record = await stores.runs.get(request.run);
      expect(record).toEqual({
        id: request.run,
        job: request.job,
        schedule: 'nightly',
        scheduledTime: DUE,
        trigger: 'schedule',
        status: 'missed',
        claim: 0,
        attempt: 0,
        lastAttempt: 0,
        attempts: [],
        createdAt: FOUND,
        missedAt: FOUND,
        finishedAt: FOUND,
      });
      expect(await stores.watch.get(request.run)).toEqual(record);
    });

    test('is recorded as skipped where a calendar leaves it out, and was not missed', async () => {
      const { run } = await skippedByCalendar();

      const record = await stores.runs.get(run);
      expect(record).toMatchObject({ status: 'skipped', reason: 'calendar', calendar: 'holidays', finishedAt: FOUND });
      expect(record).not.toHaveProperty('missedAt');
    });

    test('is recorded once', async () => {
      const request = await missed();

      expect(await stores.watch.recordWithoutRun(withoutRun(request, { at: LATER }))).toBe(false);
      expect((await stores.runs.get(request.run))?.missedAt).toBe(FOUND);
    });

    test('is left alone when a run has come between the read and the write', async () => {
      const request = scheduledRequest();
      const { record } = claimed(await claim(request));

      expect(await stores.watch.recordWithoutRun(withoutRun(request))).toBe(false);
      expect(await stores.runs.get(request.run)).toEqual(record);
    });

    test('goes to either the watchdog or the run, however they race', async () => {
      const requests = Array.from({ length: 10 }, () => scheduledRequest());

      const races = await Promise.all(
        requests.map((request) => Promise.all([stores.watch.recordWithoutRun(withoutRun(request)), claim(request)])),
      );

      for (const [index, [isMissed, result]] of races.entries()) {
        const record = await stores.runs.get(requests[index]?.run ?? '');
        expect(result.kind).toBe('claimed');
        expect(record).toMatchObject({ status: 'running', attempt: 1 });
        expect(record?.missedAt).toBe(isMissed ? FOUND : undefined);
      }
    });

    test('is in no index: nothing has to go on', async () => {
      const { run } = await missed();

      expect(await openIds()).not.toContain(run);
    });
  });

  describe('a missed due time', () => {
    test.each<{ trigger: Trigger; kept: Trigger }>([
      { trigger: 'schedule', kept: 'schedule' },
      { trigger: 'catch-up', kept: 'catch-up' },
      { trigger: 'backfill', kept: 'backfill' },
    ])('runs for $trigger, with all its attempts, and says what it was', async ({ trigger, kept }) => {
      const request = await missed();

      const { record } = claimed(await claim({ ...request, trigger }));

      expect(record).toMatchObject({ status: 'running', trigger: kept, attempt: 1, lastAttempt: 3, missedAt: FOUND });
      expect(record).toMatchObject({ createdAt: FOUND, startedAt: LATER, attempts: [{ n: 1, cause: 'first' }] });
      expect(record).not.toHaveProperty('finishedAt');
      expect(await stores.runs.get(request.run)).toEqual(record);
    });

    test.each<Trigger>(['manual', 'enqueue'])('has nothing for %s', async (trigger) => {
      const request = await missed();

      expect(await claim({ ...request, trigger })).toMatchObject({ kind: 'ended', record: { status: 'missed' } });
    });

    test('still says that it was missed when its run has completed', async () => {
      const request = await missed();

      const claim1 = claimed(await claim({ ...request, trigger: 'catch-up' }));
      await stores.runs.settle(claim1, { status: 'completed', at: LATER, result: { rows: 3 } });

      expect(await stores.runs.get(request.run)).toMatchObject({
        status: 'completed',
        trigger: 'catch-up',
        missedAt: FOUND,
        finishedAt: LATER,
        result: { rows: 3 },
      });
    });

    test('whose run is killed has the attempts of any other', async () => {
      const request = { ...(await missed()), trigger: 'catch-up' as const };
      await claim(request);

      const again = await claim(request, { owner: 'owner-2', now: plus(LATER, minutes(5)) });

      expect(claimed(again).record).toMatchObject({ attempt: 2, attempts: [{ outcome: 'lost' }, { cause: 'crash' }] });
    });
  });

  describe('a due time that a calendar skips', () => {
    test.each<Trigger>(['schedule', 'manual'])('has nothing for %s', async (trigger) => {
      const request = await skippedByCalendar();

      expect(await claim({ ...request, trigger })).toMatchObject({ kind: 'ended', record: { status: 'skipped' } });
    });

    test.each<Trigger>(['backfill', 'catch-up'])('runs for a %s, and is not skipped any more', async (trigger) => {
      const request = await skippedByCalendar();

      const { record } = claimed(await claim({ ...request, trigger }));

      expect(record).toMatchObject({ status: 'running', trigger, lastAttempt: 3 });
      expect(record).not.toHaveProperty('reason');
      expect(record).not.toHaveProperty('calendar');
    });
  });

  async function openRuns(until: EpochMs) {
    const rows: OpenRun[] = [];
    for await (const row of stores.watch.openRuns(until)) rows.push(row);
    return rows;
  }
  const checkAtOf = async (run: string, until: EpochMs) =>
    (await openRuns(until)).find(({ id }) => id === run)?.checkAt;
  const openIds = async (until = plus(DUE, minutes(60))) => (await openRuns(until)).map(({ id }) => id);

  describe('the index of open runs', () => {
    test('has what was asked for from the moment it was asked', async () => {
      const { run } = await pending();

      expect(await openIds(plus(DUE, secondsOf(-1)))).not.toContain(run);
      expect(await checkAtOf(run, DUE)).toBe(DUE);
    });

    test('has a run between two attempts from its next attempt on', async () => {
      const request = scheduledRequest();
      const claim1 = claimed(await claim(request));
      await stores.runs.settle(claim1, {
        status: 'retrying',
        at: LATER,
        outcome: 'failed',
        error: ERROR,
        nextAttemptAt: plus(LATER, minutes(5)),
      });

      expect(await openIds(plus(LATER, minutes(4)))).not.toContain(request.run);
      expect(await checkAtOf(request.run, plus(LATER, minutes(5)))).toBe(plus(LATER, minutes(5)));
    });

    test('has a running run of a later delivery from the end of its lease on', async () => {
      const request = scheduledRequest();
      await claim(request, { isTracked: true });

      expect(await checkAtOf(request.run, plus(LATER, minutes(2)))).toBe(plus(LATER, minutes(2)));
    });

    test('does not have the first delivery of a scheduled run, until it is tracked', async () => {
      const request = scheduledRequest();
      const { record } = claimed(await claim(request));
      expect(await openIds()).not.toContain(request.run);

      await stores.watch.track(record, plus(LATER, minutes(3)));

      expect(await checkAtOf(request.run, plus(DUE, minutes(60)))).toBe(plus(LATER, minutes(3)));
    });

    test('keeps the entry of a run that has one', async () => {
      const request = scheduledRequest();
      const { record } = claimed(await claim(request, { isTracked: true }));

      await stores.watch.track(record, plus(LATER, minutes(3)));

      expect(await checkAtOf(request.run, plus(DUE, minutes(60)))).toBe(plus(LATER, minutes(2)));
    });

    test('is read on behind any of its rows, each once', async () => {
      for (let index = 0; index < 12; index++) await pending();
      const until = plus(DUE, minutes(60));
      const all = await openRuns(until);

      for (const [index, { position }] of all.entries()) {
        const rest: OpenRun[] = [];
        for await (const row of stores.watch.openRuns(until, position)) rest.push(row);
        expect(rest).toEqual(all.slice(index + 1));
      }
    });

    test('gets no entry of a run that has ended or was claimed again since it was seen', async () => {
      const [ended, takenOver] = [scheduledRequest(), scheduledRequest()];
      const claims = [claimed(await claim(ended)), claimed(await claim(takenOver))];
      const [first, second] = claims as [Claimed, Claimed];
      await stores.runs.settle(first, { status: 'completed', at: LATER, result: undefined });
      await claim(takenOver, { owner: 'owner-2', now: plus(LATER, minutes(5)) });

      await stores.watch.track(first.record, LATER);
      await stores.watch.track(second.record, LATER);

      const ids = await openIds();
      expect(ids).not.toContain(ended.run);
      expect(ids).not.toContain(takenOver.run);
      expect(await stores.runs.get(ended.run)).toMatchObject({ status: 'completed' });
    });

    test('makes no run of one that is not there', async () => {
      const request = scheduledRequest();
      const other = claimed(await claim(scheduledRequest()));

      await stores.watch.track({ ...other.record, id: request.run }, LATER);

      expect(await stores.runs.get(request.run)).toBeUndefined();
    });

    test.each(['completed', 'skipped', 'failed'] as const)('loses a run that is %s', async (status) => {
      const request = await pending();
      const claim1 = claimed(await claim(request, { isTracked: true }));

      await stores.runs.settle(
        claim1,
        {
          completed: { status: 'completed' as const, at: LATER, result: undefined },
          skipped: { status: 'skipped' as const, at: LATER, reason: 'too-late' as const },
          failed: {
            status: 'failed' as const,
            at: LATER,
            outcome: 'failed' as const,
            error: ERROR,
            lastAttempt: 4,
          },
        }[status],
      );

      expect(await openIds()).not.toContain(request.run);
    });

    test('gives the oldest of a shard first, and all of them', async () => {
      const job = scheduledRequest().job;
      const ages = [5, 1, 4, 2, 3, 9, 8, 7, 6, 11, 10, 12, 16, 15, 14, 13];
      for (const age of ages) {
        const scheduledTime = plus(DUE, minutes(age));
        const run = `${job}/2027-03-02T02:${String(age).padStart(2, '0')}Z/nightly`;
        const request = { ...scheduledRequest(), job, run, scheduledTime };
        await stores.requests.createPending(request, { now: scheduledTime, requestedBy: 'ada' });
      }

      const mine = (await openRuns(plus(DUE, minutes(60)))).filter(({ id }) => id.startsWith(`${job}/`));

      expect(mine.map(({ checkAt }) => checkAt).sort()).toEqual(ages.map((age) => plus(DUE, minutes(age))).sort());
      expect(mine.map(({ id, checkAt }) => [id, checkAt])).toEqual(
        mine.map(({ id }) => [id, Date.parse(id.split('/')[1] ?? '')]),
      );
    });

    async function pending(): Promise<RunRequest> {
      const request = manualRequest();
      await stores.requests.createPending(request, { now: DUE, requestedBy: 'ada' });
      return request;
    }
  });

  describe('a run that nothing has sent yet', () => {
    const SEND_AT = plus(DUE, minutes(30));
    const HOUR_LATER = plus(DUE, minutes(60));

    async function delayed(): Promise<RunRequest> {
      const request = manualRequest();
      await stores.delay(request, DUE, SEND_AT);
      return request;
    }

    async function dueAt(run: string, until = HOUR_LATER): Promise<EpochMs | undefined> {
      for await (const { id, checkAt } of stores.watch.dueRuns(until)) if (id === run) return checkAt;
      return undefined;
    }

    test('is due from its time on, and is not among the open ones', async () => {
      const { run } = await delayed();

      expect(await dueAt(run, plus(SEND_AT, secondsOf(-1)))).toBeUndefined();
      expect(await dueAt(run, SEND_AT)).toBe(SEND_AT);
      expect(await openIds(HOUR_LATER)).not.toContain(run);
    });

    test('is among the open ones once it is sent, with its own time', async () => {
      const { run } = await delayed();

      await stores.watch.move(run, 'open', SEND_AT);

      expect(await dueAt(run)).toBeUndefined();
      expect(await checkAtOf(run, HOUR_LATER)).toBe(SEND_AT);
      expect(await stores.runs.get(run)).toMatchObject({ status: 'pending', nextAttemptAt: SEND_AT });
    });

    test('is due at a later time when it is moved on', async () => {
      const { run } = await delayed();

      await stores.watch.move(run, 'due', plus(SEND_AT, minutes(2)));

      expect(await dueAt(run, SEND_AT)).toBeUndefined();
      expect(await dueAt(run)).toBe(plus(SEND_AT, minutes(2)));
    });

    test.each(['open', 'due'] as const)('is not moved to %s once it is claimed: the claim has moved it', async (to) => {
      const request = await delayed();
      await claim(request, { now: SEND_AT, isTracked: true });
      const leaseEnd = plus(SEND_AT, minutes(2));

      await stores.watch.move(request.run, to, HOUR_LATER);

      expect(await dueAt(request.run)).toBeUndefined();
      expect(await checkAtOf(request.run, HOUR_LATER)).toBe(leaseEnd);
    });

    test.each(['open', 'due'] as const)('gets no row in %s once it has ended', async (to) => {
      const request = await delayed();
      const claim1 = claimed(await claim(request, { now: SEND_AT, isTracked: true }));
      await stores.runs.settle(claim1, { status: 'completed', at: SEND_AT, result: undefined });

      await stores.watch.move(request.run, to, SEND_AT);

      expect(await dueAt(request.run)).toBeUndefined();
      expect(await openIds(HOUR_LATER)).not.toContain(request.run);
      expect(await stores.runs.get(request.run)).toMatchObject({ status: 'completed' });
    });

    test('that is among the open ones stays there, when two passes have sent it', async () => {
      const { run } = await delayed();
      await stores.watch.move(run, 'open', SEND_AT);

      await stores.watch.move(run, 'open', HOUR_LATER);
      await stores.watch.move(run, 'due', HOUR_LATER);

      expect(await dueAt(run)).toBeUndefined();
      expect(await checkAtOf(run, HOUR_LATER)).toBe(SEND_AT);
    });

    test('is not made by moving one that is not there', async () => {
      const { run } = manualRequest();

      await stores.watch.move(run, 'due', SEND_AT);

      expect(await stores.runs.get(run)).toBeUndefined();
    });
  });

  describe("a job's newest runs", () => {
    /** Runs of a job of its own, due in minutes of the hour. */
    function dueAt(...dueMinutes: readonly number[]): readonly RunRequest[] {
      const { job } = scheduledRequest();
      return dueMinutes.map((minute) => {
        const scheduledTime = plus(DUE, minutes(minute));
        const run = `${job}/2027-03-02T02:${String(minute).padStart(2, '0')}Z/nightly`;
        return { ...scheduledRequest(), job, run, scheduledTime };
      });
    }

    async function newestRuns(job: string) {
      const runs: (RunLengths | UnreadableRecord)[] = [];
      for await (const run of stores.watch.newestRuns(job)) runs.push(run);
      return runs;
    }

    test('come with those of the newest due times first, whenever they ran', async () => {
      const requests = dueAt(5, 20, 10);
      for (const request of requests) await claim(request);

      const ids = (await newestRuns(requests[0]?.job ?? '')).map(({ id }) => id);

      expect(ids).toEqual([requests[1]?.run, requests[2]?.run, requests[0]?.run]);
    });

    test('say when their attempts began and ended, and how, and until when a running one has its lease', async () => {
      const [ended, running] = dueAt(1, 2) as [RunRequest, RunRequest];
      const claim1 = claimed(await claim(ended));
      await stores.runs.settle(claim1, { status: 'completed', at: plus(LATER, minutes(2)), result: { rows: 3 } });
      await claim(running);

      expect(await newestRuns(ended.job)).toMatchObject([
        {
          id: running.run,
          status: 'running',
          leaseUntil: plus(LATER, minutes(2)),
          attempts: [{ n: 1, startedAt: LATER }],
        },
        {
          id: ended.run,
          status: 'completed',
          attempts: [{ n: 1, startedAt: LATER, endedAt: plus(LATER, minutes(2)), outcome: 'completed' }],
        },
      ]);
    });

    test('have those that somebody asked for among them, and neither the lock nor another job', async () => {
      const request = manualRequest();
      await stores.requests.createPending(request, { now: DUE, requestedBy: 'ada' });
      await claim(request);
      await stores.locks.take(lockRequest({ job: request.job, run: request.run, now: LATER }));
      await claim(scheduledRequest());

      expect((await newestRuns(request.job)).map(({ id }) => id)).toEqual([request.run]);
    });

    test('are none of a job that never ran', async () => {
      expect(await newestRuns('never')).toEqual([]);
      expect(await stores.watch.recentRecords('never', { limit: 5 })).toEqual([]);
    });

    test('come in full, up to a limit and of a period, both ends included', async () => {
      const requests = dueAt(5, 10, 15, 20);
      for (const request of requests) await claim(request);
      const job = requests[0]?.job ?? '';
      const idsOf = async (which: Parameters<typeof stores.watch.recentRecords>[1]) =>
        (await stores.watch.recentRecords(job, which)).map(({ id }) => requests.findIndex(({ run }) => run === id));

      expect(await idsOf({ limit: 3 })).toEqual([3, 2, 1]);
      expect(await idsOf({ limit: 9, period: { from: plus(DUE, minutes(10)), to: plus(DUE, minutes(15)) } })).toEqual([
        2, 1,
      ]);
      const [newest] = await stores.watch.recentRecords(job, { limit: 1 });
      expect(newest).toEqual(await stores.runs.get(requests[3]?.run ?? ''));
    });
  });
});
