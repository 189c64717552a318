import { describe, expect, test } from 'vitest';
import { type Attempt, EMPTY_RECORD, type RunRecord } from '../../lib/run/record.ts';
import { plus } from '../../lib/units.ts';
import { waitingSince } from '../../lib/watchdog/waiting-since.ts';
import { DUE, minutes } from '../support/requests.ts';

const at = (count: number) => plus(DUE, minutes(count));
const JOB = { maxAttempts: 3 };

const runOf = (more: Partial<RunRecord>): RunRecord => ({
  ...EMPTY_RECORD,
  id: 'report/2027-03-02T02:00Z/nightly',
  job: 'report',
  schedule: 'nightly',
  scheduledTime: DUE,
  trigger: 'schedule',
  createdAt: at(1),
  status: 'retrying',
  claim: 1,
  lastAttempt: 3,
  ...more,
});

const failed = (endedAt: number, name = 'Error'): Attempt => ({
  n: 1,
  cause: 'first',
  startedAt: at(1),
  endedAt: at(endedAt),
  outcome: 'failed',
  error: { name, message: 'no' },
  logStream: 'stream',
  requestId: 'request',
});

const { endedAt: _, error, ...lost } = failed(2);

describe('a run waits', () => {
  test.each<{ what: string; run: Partial<RunRecord>; since: number | undefined }>([
    { what: 'since it was asked for, as long as nothing has taken it', run: { status: 'pending', claim: 0 }, since: 1 },
    {
      what: 'since the end of its lease, when its process is gone',
      run: { status: 'running', attempt: 1, leaseUntil: at(3) },
      since: 3,
    },
    {
      what: 'not at all while it is at work',
      run: { status: 'running', attempt: 1, leaseUntil: at(300) },
      since: undefined,
    },
    {
      what: 'since its next attempt was due',
      run: { attempt: 1, attempts: [failed(2)], nextAttemptAt: at(60) },
      since: 60,
    },
    {
      what: 'since its last attempt has ended, where later ones were given back',
      run: { attempt: 1, claim: 4, attempts: [failed(2)], nextAttemptAt: at(90) },
      since: 2,
    },
    {
      what: 'since its last attempt could go on, where that was lost and others have the lock',
      run: { attempt: 1, claim: 2, attempts: [{ ...lost, limit: at(3) }] },
      since: 3,
    },
    {
      what: 'since it was first taken, where no attempt has begun',
      run: { attempt: 0, claim: 7, startedAt: at(2), nextAttemptAt: at(90) },
      since: 2,
    },
    {
      what: 'since its next attempt was due, where the job itself wished to wait',
      run: { attempt: 1, claim: 2, attempts: [failed(2, 'RetryAfterError')], nextAttemptAt: at(90) },
      since: 90,
    },
    {
      what: 'since its next attempt was due, in a round that a dead letter has begun',
      run: { attempt: 3, claim: 4, lastAttempt: 6, attempts: [failed(2)], nextAttemptAt: at(90) },
      since: 90,
    },
    {
      what: 'since its next attempt was due, where a backfill runs what was skipped',
      run: { attempt: 0, claim: 2, startedAt: at(2), trigger: 'backfill', nextAttemptAt: at(90) },
      since: 90,
    },
    {
      what: 'since a catch-up of what was missed was first taken',
      run: { attempt: 0, claim: 2, startedAt: at(70), missedAt: at(4), trigger: 'catch-up', nextAttemptAt: at(90) },
      since: 70,
    },
    { what: 'not at all when it has ended', run: { status: 'failed', finishedAt: at(3) }, since: undefined },
    { what: 'not at all when it was missed', run: { status: 'missed', claim: 0 }, since: undefined },
  ])('$what', ({ run, since }) => {
    expect(waitingSince(runOf(run), JOB, at(100))).toBe(since === undefined ? undefined : at(since));
  });
});
