import { describe, expect, test } from 'vitest';
import { TRIGGERS } from '../../lib/job/trigger.ts';
import { judge } from '../../lib/lambda/admission.ts';
import { skipByCalendar } from '../../lib/lambda/calendar-admission.ts';
import type { ScheduleFacts } from '../../lib/lambda/schedule-facts.ts';
import type { RunRecord } from '../../lib/run/record.ts';
import { type EpochMs, milliseconds, plus } from '../../lib/units.ts';
import { DUE, minutes, scheduledRequest, secondsOf } from '../support/requests.ts';

const FACTS: ScheduleFacts = { timezone: 'UTC', lateAfter: minutes(10) };
const HOLIDAYS = [{ name: 'holidays', days: ['2027-03-02'] }];

/** A run whose first claim was then. */
const runOf = (startedAt: EpochMs, more: Partial<RunRecord> = {}): RunRecord => {
  const { run: id, job, schedule, scheduledTime, trigger } = scheduledRequest();
  const record = { id, job, schedule, scheduledTime, trigger, createdAt: startedAt, startedAt };
  return { ...record, status: 'running', claim: 1, attempt: 1, lastAttempt: 3, attempts: [], ...more };
};

describe('how late a run may begin', () => {
  test('is up to its maximum lateness, to the millisecond', () => {
    expect(judge(runOf(plus(DUE, minutes(10))), FACTS, undefined)).toBeUndefined();
    expect(judge(runOf(plus(DUE, milliseconds(600_001))), FACTS, undefined)).toEqual({ reason: 'too-late' });
  });

  test.each(TRIGGERS.filter((trigger) => trigger !== 'schedule'))('does not matter to a run by %s', (trigger) => {
    expect(judge(runOf(plus(DUE, minutes(600)), { trigger }), FACTS, undefined)).toBeUndefined();
  });

  test('does not matter where the schedule is not one of the function', () => {
    expect(judge(runOf(plus(DUE, minutes(600))), undefined, undefined)).toBeUndefined();
  });
});

describe('a day that a calendar leaves out', () => {
  const facts = { ...FACTS, calendars: { except: HOLIDAYS, only: [] } };

  test('is told by the name of the calendar, also of a run that is too late as well', () => {
    const skip = { reason: 'calendar', calendar: 'holidays' };

    expect(judge(runOf(plus(DUE, secondsOf(1))), facts, skipByCalendar)).toEqual(skip);
    expect(judge(runOf(plus(DUE, minutes(600))), facts, skipByCalendar)).toEqual(skip);
  });

  test.each(TRIGGERS.filter((trigger) => trigger !== 'schedule'))('does not matter to a run by %s', (trigger) => {
    expect(judge(runOf(plus(DUE, secondsOf(1)), { trigger }), facts, skipByCalendar)).toBeUndefined();
  });

  test('is a day of the zone of the schedule', () => {
    // 02:00 UTC on the 2nd is still the 1st in Los Angeles.
    const there = { ...facts, timezone: 'America/Los_Angeles' };

    expect(judge(runOf(plus(DUE, secondsOf(1))), there, skipByCalendar)).toBeUndefined();
  });

  test('is none where the schedule has no calendar', () => {
    expect(judge(runOf(plus(DUE, secondsOf(1))), FACTS, skipByCalendar)).toBeUndefined();
  });
});
