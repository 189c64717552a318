import { describe, expect, test } from 'vitest';
import type { Attempt, RunRecord } from '../../lib/run/record.ts';
import { type EpochMs, MINUTE, plus } from '../../lib/units.ts';
import { DUE } from '../support/requests.ts';
import { audit, type Evidence } from './audit.ts';
import { planKills } from './plan.ts';

const dueAt = (n: number): EpochMs => plus(DUE, (n * MINUTE) as typeof MINUTE);
const idOf = (n: number): string => `skips/${new Date(dueAt(n)).toISOString().slice(0, 16)}Z/skips`;

const attempt = (n: number, outcome: NonNullable<Attempt['outcome']>): Attempt => ({
  n,
  cause: n === 1 ? 'first' : 'crash',
  startedAt: DUE,
  outcome,
  logStream: 's',
  requestId: 'r',
});

const record = (n: number, more: Partial<RunRecord> = {}): RunRecord => ({
  id: idOf(n),
  job: 'skips',
  schedule: 'skips',
  scheduledTime: dueAt(n),
  trigger: 'schedule',
  status: 'completed',
  claim: 1,
  attempt: 1,
  lastAttempt: 3,
  attempts: [attempt(1, 'completed')],
  createdAt: DUE,
  ...more,
});

/** Three due times, all as they should be: the second was killed once. */
const clean: Evidence = {
  records: [record(0), record(1, { attempts: [attempt(1, 'lost'), attempt(2, 'completed')] }), record(2)],
  ledger: [
    { run: idOf(0), attempt: 1, token: 1 },
    { run: idOf(1), attempt: 1, token: 2 },
    { run: idOf(1), attempt: 2, token: 3 },
    { run: idOf(2), attempt: 1, token: 4 },
  ],
  acknowledged: [],
  minutely: ['skips'],
  locked: ['skips'],
  span: [DUE, dueAt(2)],
  off: [],
};

const withSecond = (more: Partial<RunRecord>): Partial<Evidence> => ({
  records: [record(0), record(1, more), record(2)],
});

describe('the audit of killed clouds', () => {
  test('finds nothing where every promise was kept', () => {
    expect(audit(clean)).toEqual([]);
  });

  test.each<[string, Partial<Evidence>, string]>([
    ['a due time without a record', { records: [record(0), record(2)], ledger: [] }, `${idOf(1)}: no record`],
    ['a request without a record', { acknowledged: ['asked/1'] }, 'asked/1: no record'],
    ['a run that is stuck', withSecond({ status: 'running' }), `${idOf(1)}: stuck as running`],
    [
      'a failure without a dead letter',
      withSecond({ status: 'failed', attempts: [attempt(1, 'lost'), attempt(2, 'lost')] }),
      `${idOf(1)}: failed without a dead letter`,
    ],
    [
      'a missed one',
      withSecond({ status: 'missed', attempts: [] }),
      `${idOf(1)}: missed at undefined, and not caught up`,
    ],
    [
      'two completed attempts',
      withSecond({ attempts: [attempt(1, 'completed'), attempt(2, 'completed')] }),
      `${idOf(1)}: completed 2 times`,
    ],
    [
      'an attempt that ran twice',
      { ledger: [...clean.ledger, { run: idOf(2), attempt: 1, token: 5 }] },
      `${idOf(2)}: attempt 1 began twice`,
    ],
    [
      'an attempt after one that had completed',
      { ledger: [...clean.ledger, { run: idOf(2), attempt: 2, token: 5 }] },
      `${idOf(2)}: ran again after attempt 1, which is completed`,
    ],
    [
      'an effect without a record',
      { ledger: [...clean.ledger, { run: 'skips/other', attempt: 1, token: 5 }] },
      'skips/other: ran without a record',
    ],
    [
      'an older token that was accepted after a newer one',
      { ledger: [...clean.ledger.slice(0, 3), { run: idOf(2), attempt: 1, token: 2 }] },
      `${idOf(2)}: accepted with token 2 after ${idOf(1)} with 3`,
    ],
  ])('finds %s', (_what, change, violation) => {
    expect(audit({ ...clean, ...change })).toContain(violation);
  });

  test('expects no due time of a longer time in which no cloud was up, and all of a shorter', () => {
    const withoutSecond = { ...clean, records: [record(0), record(2)], ledger: [] };
    const off = (from: number, to: number) => [{ from: dueAt(from), to: dueAt(to) }];

    expect(audit({ ...withoutSecond, off: off(0.3, 1.6) })).toEqual([]);
    expect(audit({ ...withoutSecond, off: off(0.9, 1.6) })).toEqual([`${idOf(1)}: no record`]);
  });
});

test('a seed gives the same kills, of clouds and workers, by both signals', () => {
  const plan = planKills(100, 7);

  expect(planKills(100, 7)).toEqual(plan);
  expect(planKills(100, 8)).not.toEqual(plan);
  expect(new Set(plan.map(({ victim, signal }) => `${signal} ${victim}`)).size).toBe(4);
  expect(plan.every(({ stoppedMs }) => stoppedMs < MINUTE)).toBe(true);
});
