import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LeaseLostError } from '../../lib/run/errors.ts';
import type { Claimed, ClaimResult, RunStore, Settlement } from '../../lib/run/ports.ts';
import { type EpochMs, milliseconds, plus } from '../../lib/units.ts';
import { claimRequest, DUE, manualRequest, minutes, scheduledRequest, secondsOf } from '../support/requests.ts';
import { ADAPTERS, type Stores } from './stores.ts';

const ERROR = { name: 'Error', message: 'no' };
const LATER = plus(DUE, minutes(10));

function claimed(result: ClaimResult): Claimed {
  if (result.kind !== 'claimed') throw new Error(`expected a claim, got ${result.kind}`);
  return result;
}

describe.each(ADAPTERS)('the run store over $name', ({ open }) => {
  let stores: Stores;
  let runs: RunStore;
  beforeAll(async () => {
    stores = await open();
    runs = stores.runs;
  });
  afterAll(() => stores.close());

  /** A run whose first attempt was claimed by owner-1 and settled as given. */
  async function settled(settlement: Settlement, request = scheduledRequest()) {
    const claim = claimed(await runs.claim(claimRequest(request)));
    await runs.settle(claim, settlement);
    return request;
  }

  const completed: Settlement = { status: 'completed', at: plus(DUE, secondsOf(9)), result: { rows: 3, empty: '' } };
  const retrying: Settlement = {
    status: 'retrying',
    at: plus(DUE, secondsOf(9)),
    outcome: 'failed',
    error: ERROR,
    nextAttemptAt: LATER,
  };
  const failed: Settlement = {
    status: 'failed',
    at: plus(DUE, secondsOf(9)),
    outcome: 'failed',
    error: ERROR,
    lastAttempt: 4,
  };
  const skipped: Settlement = {
    status: 'skipped',
    at: plus(DUE, secondsOf(2)),
    reason: 'overlap',
    blockedBy: 'x/2027-03-02T01:00Z/y',
  };

  describe('a run nobody has seen', () => {
    test('is claimed as attempt 1, running, with its identity and lease', async () => {
      const request = scheduledRequest();

      const claim = claimed(await runs.claim(claimRequest(request)));

      expect(claim).toMatchObject({ owner: 'owner-1', claim: 1 });
      expect(await runs.get(request.run)).toEqual(claim.record);
      expect(claim.record).toMatchObject({
        id: request.run,
        job: request.job,
        schedule: 'nightly',
        scheduledTime: DUE,
        trigger: 'schedule',
        status: 'running',
        attempt: 1,
        lastAttempt: 3,
        leaseUntil: plus(DUE, secondsOf(121)),
        attempts: [
          { n: 1, cause: 'first', startedAt: plus(DUE, secondsOf(1)), logStream: 'stream-1', requestId: 'request-1' },
        ],
      });
      expect(claim.record.attempts[0]?.outcome).toBeUndefined();
    });

    test('has no record', async () => {
      expect(await runs.get(scheduledRequest().run)).toBeUndefined();
    });

    test('goes to exactly one of many simultaneous deliveries', async () => {
      const request = scheduledRequest();

      const results = await Promise.all(
        Array.from({ length: 8 }, (_, index) => runs.claim(claimRequest(request, { owner: `owner-${index}` }))),
      );

      expect(results.map(({ kind }) => kind).sort()).toEqual(['claimed', ...Array(7).fill('held')]);
    });
  });

  describe('a pending run', () => {
    test('is claimed with its trigger, requester and input kept', async () => {
      const request = manualRequest();
      await stores.requests.createPending(request, { now: DUE, requestedBy: 'ada' });

      const { record } = claimed(await runs.claim(claimRequest(request, { isTracked: true })));

      expect(record).toMatchObject({
        status: 'running',
        trigger: 'manual',
        schedule: null,
        requestedBy: 'ada',
        input: { region: 'eu' },
        createdAt: DUE,
      });
    });

    test.each([
      { isTracked: true, input: { region: 'eu' } },
      { isTracked: false, input: undefined },
    ])('of a due time has its input from the claim that is tracked: $isTracked', async ({ isTracked, input }) => {
      const request = scheduledRequest({
        run: `report/2027-03-02T02:0${isTracked ? 8 : 9}Z/kept`,
        input: { region: 'eu' },
      });

      const { record } = claimed(await runs.claim(claimRequest(request, { isTracked })));

      expect(record.input).toEqual(input);
      expect((await runs.get(request.run))?.input).toEqual(input);
    });

    test('is left alone when it is asked for again', async () => {
      const request = await settled(completed, manualRequest());

      await stores.requests.createPending(request, { now: DUE, requestedBy: 'ada' });

      expect((await runs.get(request.run))?.status).toBe('completed');
    });
  });

  describe('a running run', () => {
    test('is held until its lease ends', async () => {
      const request = scheduledRequest();
      const { record } = claimed(await runs.claim(claimRequest(request)));

      const second = await runs.claim(claimRequest(request, { owner: 'owner-2', now: plus(DUE, minutes(1)) }));

      expect(second).toEqual({ kind: 'held', until: record.leaseUntil });
      expect(await runs.get(request.run)).toEqual(record);
    });

    test('is still claimed, once, for the owner whose answer was lost', async () => {
      const request = scheduledRequest();
      const first = claimed(await runs.claim(claimRequest(request)));

      const again = await runs.claim(claimRequest(request));

      expect(again).toEqual(first);
    });

    test('is taken over after its lease, the attempt before recorded as lost', async () => {
      const request = scheduledRequest();
      claimed(await runs.claim(claimRequest(request)));

      const { claim, record } = claimed(await runs.claim(claimRequest(request, { owner: 'owner-2', now: LATER })));

      expect(claim).toBe(2);
      expect(record).toMatchObject({ owner: 'owner-2', attempt: 2, leaseUntil: plus(LATER, minutes(2)) });
      expect(record.attempts).toMatchObject([
        { n: 1, cause: 'first', outcome: 'lost' },
        { n: 2, cause: 'crash' },
      ]);
    });

    test('is recorded as lost with its start and until when it could go on, and without a duration', async () => {
      const request = scheduledRequest();
      const { record } = claimed(await runs.claim(claimRequest(request)));
      const limit = plus(DUE, secondsOf(121));
      expect(record.attempts[0]?.limit).toBe(limit);

      const second = claimed(await runs.claim(claimRequest(request, { owner: 'owner-2', now: LATER })));
      await runs.settle(second, { ...retrying, at: LATER });

      const [lost, failedOne] = (await runs.get(request.run))?.attempts ?? [];
      expect(lost).toEqual({
        n: 1,
        cause: 'first',
        outcome: 'lost',
        startedAt: plus(DUE, secondsOf(1)),
        limit,
        logStream: 'stream-1',
        requestId: 'request-1',
      });
      expect(failedOne).toMatchObject({ outcome: 'failed', endedAt: LATER });
      expect(failedOne?.limit).toBeUndefined();
    });

    test('is exhausted with attempts left where lost attempts are not retried, and only after its lease', async () => {
      const request = scheduledRequest();
      const { record } = claimed(await runs.claim(claimRequest(request)));
      const take = (now: EpochMs) => runs.claim(claimRequest(request, { owner: 'owner-2', now, retriesLost: false }));

      expect(await take(plus(DUE, secondsOf(60)))).toEqual({ kind: 'held', until: plus(DUE, secondsOf(121)) });
      expect(await take(LATER)).toEqual({ kind: 'exhausted', record });
      expect(await runs.get(request.run)).toEqual(record);
    });

    test('keeps every lost attempt through several takeovers', async () => {
      const request = scheduledRequest();
      claimed(await runs.claim(claimRequest(request)));
      claimed(await runs.claim(claimRequest(request, { owner: 'owner-2', now: plus(DUE, minutes(10)) })));
      const third = claimed(await runs.claim(claimRequest(request, { owner: 'owner-3', now: plus(DUE, minutes(20)) })));
      await runs.settle(third, { ...completed, at: plus(DUE, minutes(21)) });

      expect((await runs.get(request.run))?.attempts).toMatchObject([
        { n: 1, cause: 'first', outcome: 'lost' },
        { n: 2, cause: 'crash', outcome: 'lost' },
        { n: 3, cause: 'crash', outcome: 'completed' },
      ]);
    });

    test('is exhausted when its last allowed attempt was lost, and closed as failed once', async () => {
      const request = scheduledRequest();
      claimed(await runs.claim(claimRequest(request, { maxAttempts: 1 })));

      const result = await runs.claim(claimRequest(request, { owner: 'owner-2', now: LATER, maxAttempts: 1 }));
      if (result.kind !== 'exhausted') throw new Error(result.kind);
      const closing = {
        at: LATER,
        error: ERROR,
        lastAttempt: 4,
        owner: 'owner-2',
        leaseUntil: plus(LATER, minutes(2)),
      };
      const closed = [
        await runs.closeExhausted(result.record, closing),
        await runs.closeExhausted(result.record, { ...closing, owner: 'owner-3' }),
      ];

      expect(closed).toEqual([true, false]);
      expect(await runs.get(request.run)).toMatchObject({
        status: 'failed',
        error: ERROR,
        owner: 'owner-2',
        leaseUntil: closing.leaseUntil,
        finishedAt: LATER,
        attempts: [{ n: 1, outcome: 'lost' }],
      });
    });
  });

  describe('an exhausted run', () => {
    async function exhausted() {
      const request = scheduledRequest();
      const stale = claimed(await runs.claim(claimRequest(request, { maxAttempts: 1 })));
      const closing = {
        at: LATER,
        error: ERROR,
        lastAttempt: 2,
        owner: 'owner-2',
        leaseUntil: plus(LATER, minutes(2)),
      };
      return { request, stale, closing };
    }

    test('is still closed by the call whose answer was lost', async () => {
      const { stale, closing } = await exhausted();

      expect(await runs.closeExhausted(stale.record, closing)).toBe(true);
      expect(await runs.closeExhausted(stale.record, closing)).toBe(true);
    });

    test('is not closed for its owner, should that come back: what it writes is refused', async () => {
      const { request, stale, closing } = await exhausted();
      await runs.closeExhausted(stale.record, closing);
      const before = await runs.get(request.run);

      await expect(runs.settle(stale, failed)).rejects.toBeInstanceOf(LeaseLostError);

      expect(await runs.get(request.run)).toEqual(before);
    });
  });

  describe('a retrying run', () => {
    test('is held until its next attempt is due', async () => {
      const request = await settled(retrying);

      const early = await runs.claim(claimRequest(request, { owner: 'owner-2', now: plus(LATER, secondsOf(-6)) }));

      expect(early).toEqual({ kind: 'held', until: LATER });
    });

    test('is claimed up to five seconds early, as a retry', async () => {
      const request = await settled(retrying);

      const { record } = claimed(
        await runs.claim(claimRequest(request, { owner: 'owner-2', now: plus(LATER, secondsOf(-5)) })),
      );

      expect(record).toMatchObject({ status: 'running', attempt: 2, lastAttempt: 3 });
      expect(record.nextAttemptAt).toBeUndefined();
      expect(record.attempts).toMatchObject([
        { n: 1, cause: 'first', outcome: 'failed', error: ERROR, endedAt: retrying.at },
        { n: 2, cause: 'retry' },
      ]);
    });
  });

  describe('a failed run', () => {
    test('has nothing left for an ordinary message', async () => {
      const request = await settled(failed);

      const result = await runs.claim(claimRequest(request, { owner: 'owner-2', now: LATER }));

      expect(result).toMatchObject({
        kind: 'ended',
        record: { status: 'failed', error: ERROR },
      });
    });

    test('starts a new round of attempts for a dead letter moved back', async () => {
      const request = await settled(failed);

      const { record } = claimed(
        await runs.claim(claimRequest(request, { owner: 'owner-2', now: LATER, deadLetterAttempts: 1 })),
      );

      expect(record).toMatchObject({ status: 'running', attempt: 2, lastAttempt: 4 });
      expect(record.attempts.at(-1)).toMatchObject({ n: 2, cause: 'redrive' });
      expect(record.finishedAt).toBeUndefined();
    });

    test('owes its dead letter until it is noted as sent, and again in the next round', async () => {
      const request = await settled(failed);
      const record = await runs.get(request.run);
      if (record === undefined) throw new Error('no record');
      expect(record.deadLetterSentAt).toBeUndefined();

      await runs.noteDeadLetter({ ...record, attempt: 2 }, LATER);
      expect((await runs.get(request.run))?.deadLetterSentAt).toBeUndefined();
      await runs.noteDeadLetter(record, LATER);
      const noted = await runs.get(request.run);
      expect(noted?.deadLetterSentAt).toBe(LATER);
      expect(noted?.leaseUntil).toBeUndefined();

      const redrive = { owner: 'owner-2', now: LATER, deadLetterAttempts: 1 };
      expect(claimed(await runs.claim(claimRequest(request, redrive))).record.deadLetterSentAt).toBeUndefined();
    });

    test('is held while its owner has time to send the dead letter, by its own lease', async () => {
      const request = await settled(failed);
      const { leaseUntil } = claimRequest(request);
      const read = async (now: EpochMs) => runs.claim(claimRequest(request, { owner: 'owner-2', now }));

      expect(await read(plus(leaseUntil, milliseconds(-1)))).toEqual({ kind: 'held', until: leaseUntil });
      expect(await read(leaseUntil)).toMatchObject({ kind: 'ended', record: { status: 'failed' } });
    });

    test('has its dead letter taken over by one delivery, once the lease of the one before is over', async () => {
      const request = await settled(failed);
      const { leaseUntil } = claimRequest(request);
      const record = await runs.get(request.run);
      if (record === undefined) throw new Error('no record');
      const take = (owner: string, now: EpochMs, run = record) =>
        runs.takeDeadLetter(run, { owner, now, leaseUntil: plus(now, minutes(2)) });

      expect(await take('owner-2', plus(leaseUntil, milliseconds(-1)))).toBe(false);
      const taken = await Promise.all(['a', 'b', 'c'].map((owner) => take(owner, leaseUntil)));
      expect(taken.filter(Boolean)).toHaveLength(1);
      const { owner = '', ...rest } = (await runs.get(request.run)) ?? record;
      expect(rest).toMatchObject({ status: 'failed', leaseUntil: plus(leaseUntil, minutes(2)) });
      // Its own write, whose answer was lost.
      expect(await take(owner, leaseUntil)).toBe(true);
      expect(await take('d', plus(leaseUntil, minutes(1)))).toBe(false);
      // Who could not send it leaves it to others at once.
      await runs.takeDeadLetter(record, { owner, now: leaseUntil, leaseUntil });
      expect(await take('d', leaseUntil)).toBe(true);
      expect(await take('e', plus(leaseUntil, minutes(9)), { ...record, attempt: 2 })).toBe(false);
      await runs.noteDeadLetter(record, LATER);
      expect(await take('e', plus(leaseUntil, minutes(9)))).toBe(false);
    });

    test('whose dead letter is noted as sent is over for every other message, within the lease too', async () => {
      const request = await settled(failed);
      const record = await runs.get(request.run);
      if (record === undefined) throw new Error('no record');
      await runs.noteDeadLetter(record, LATER);

      expect(await runs.claim(claimRequest(request, { owner: 'owner-2' }))).toMatchObject({ kind: 'ended' });
    });

    test.each([0, 2, Number.MAX_SAFE_INTEGER])(
      'starts no round for a dead letter of another failure, which was after %i attempts',
      async (deadLetterAttempts) => {
        const request = await settled(failed);
        const before = await runs.get(request.run);

        const result = await runs.claim(claimRequest(request, { owner: 'owner-2', now: LATER, deadLetterAttempts }));

        expect(result).toMatchObject({ kind: 'ended', record: { status: 'failed' } });
        expect(await runs.get(request.run)).toEqual(before);
      },
    );

    test('has its rounds counted, and the attempts of a round do not count as rounds', async () => {
      const request = await settled(failed);
      const redrive = { owner: 'owner-2', now: LATER };

      const first = claimed(await runs.claim(claimRequest(request, { ...redrive, deadLetterAttempts: 1 })));
      await runs.settle(first, { ...retrying, nextAttemptAt: LATER });
      const second = claimed(await runs.claim(claimRequest(request, { ...redrive, deadLetterAttempts: 1 })));
      await runs.settle(second, failed);
      const third = claimed(await runs.claim(claimRequest(request, { ...redrive, deadLetterAttempts: 3 })));

      expect([first, second, third].map(({ record: { attempt, round } }) => [attempt, round])).toEqual([
        [2, 1],
        [3, 1],
        [4, 2],
      ]);
    });

    test('is opened once of any number of simultaneous deliveries of its dead letters', async () => {
      const request = await settled(failed);

      const results = await Promise.all(
        Array.from({ length: 5 }, (_, index) =>
          runs.claim(claimRequest(request, { owner: `owner-${index}`, now: LATER, deadLetterAttempts: 1 })),
        ),
      );

      expect(results.map(({ kind }) => kind).sort()).toEqual(['claimed', 'held', 'held', 'held', 'held']);
      expect((await runs.get(request.run))?.round).toBe(1);
    });
  });

  describe('a skipped run', () => {
    test('names its reason and the run that blocked it, and counts no attempt', async () => {
      const request = await settled(skipped);

      expect(await runs.get(request.run)).toMatchObject({
        status: 'skipped',
        reason: 'overlap',
        blockedBy: 'x/2027-03-02T01:00Z/y',
        attempt: 0,
        attempts: [],
      });
    });

    test('has nothing left for its own message, but runs for a backfill, which is why there is a run', async () => {
      const request = await settled(skipped);

      const late = await runs.claim(claimRequest(request, { owner: 'owner-2', now: LATER }));
      const backfill = claimed(
        await runs.claim(claimRequest({ ...request, trigger: 'backfill' }, { owner: 'owner-3', now: LATER })),
      );

      expect(late.kind).toBe('ended');
      expect(backfill.record).toMatchObject({ attempt: 1, trigger: 'backfill' });
      expect(backfill.record.reason).toBeUndefined();
    });
  });

  test.each(['schedule', 'manual', 'backfill', 'catch-up'] as const)(
    'a completed run is never claimed again, not by trigger %s',
    async (trigger) => {
      const request = await settled(completed);

      const result = await runs.claim(
        claimRequest({ ...request, trigger }, { owner: 'owner-2', now: LATER, deadLetterAttempts: 1 }),
      );

      expect(result).toMatchObject({ kind: 'ended', record: { status: 'completed', result: { rows: 3, empty: '' } } });
    },
  );

  describe('a settlement', () => {
    test('is refused once another delivery has claimed the run', async () => {
      const request = scheduledRequest();
      const stale = claimed(await runs.claim(claimRequest(request)));
      const current = claimed(await runs.claim(claimRequest(request, { owner: 'owner-2', now: LATER })));

      await expect(runs.settle(stale, completed)).rejects.toBeInstanceOf(LeaseLostError);

      expect(await runs.get(request.run)).toEqual(current.record);
    });

    test('is refused after the other delivery has completed the run', async () => {
      const request = scheduledRequest();
      const stale = claimed(await runs.claim(claimRequest(request)));
      const current = claimed(await runs.claim(claimRequest(request, { owner: 'owner-2', now: LATER })));
      await runs.settle(current, { ...completed, result: 'second' });

      await expect(runs.settle(stale, { ...completed, result: 'first' })).rejects.toBeInstanceOf(LeaseLostError);

      expect((await runs.get(request.run))?.result).toBe('second');
    });

    test.each([completed, retrying, failed, skipped])(
      'of $status is done when it is repeated after a lost answer',
      async (settlement) => {
        const request = scheduledRequest();
        const claim = claimed(await runs.claim(claimRequest(request)));
        await runs.settle(claim, settlement);
        const before = await runs.get(request.run);

        await runs.settle(claim, settlement);

        expect(await runs.get(request.run)).toEqual(before);
      },
    );

    test('that gives the attempt back does not count it', async () => {
      const request = await settled({ status: 'given-back', at: plus(DUE, secondsOf(2)), nextAttemptAt: LATER });

      const { record } = claimed(await runs.claim(claimRequest(request, { owner: 'owner-2', now: LATER })));

      expect(record).toMatchObject({ attempt: 1, lastAttempt: 3, attempts: [{ n: 1, cause: 'first' }] });
    });

    test('that leaves the run waiting does not count it, keeps its input and lets any message claim it', async () => {
      const request = scheduledRequest({ input: { region: 'eu' } });
      const claim = claimed(await runs.claim(claimRequest(request)));

      await runs.settle(claim, {
        status: 'waiting',
        at: plus(DUE, secondsOf(2)),
        checkAt: LATER,
        blockedBy: 'another',
      });

      expect(await runs.get(request.run)).toMatchObject({ status: 'pending', attempt: 0, input: { region: 'eu' } });
      const woken = claimRequest({ ...request, input: undefined }, { owner: 'owner-2', now: plus(DUE, secondsOf(9)) });
      const { record } = claimed(await runs.claim(woken));
      expect(record).toMatchObject({ attempt: 1, attempts: [{ n: 1, cause: 'first' }], input: { region: 'eu' } });
    });

    test('of a long history keeps the last twenty attempts', async () => {
      const request = scheduledRequest();
      for (let n = 1; n <= 22; n++) {
        const now = plus(DUE, minutes(n));
        const claim = claimed(await runs.claim(claimRequest(request, { owner: `owner-${n}`, now, maxAttempts: 30 })));
        await runs.settle(claim, { ...retrying, at: now, nextAttemptAt: now });
      }

      const record = await runs.get(request.run);
      expect(record?.attempts.map(({ n }) => n)).toEqual(Array.from({ length: 20 }, (_, index) => index + 3));
    });
  });
});
