import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import { formatExpression, formatNext } from '../../../lib/cli/next/next-view.ts';
import { lookAhead } from '../../../lib/forecast/look-ahead.ts';
import { nextJson } from '../../../lib/forecast/next-json.ts';
import type { ManifestSchedule } from '../../../lib/manifest.ts';
import { milliseconds } from '../../../lib/units.ts';
import { at, scheduleOf } from '../../forecast/manifest.ts';

const NOW = at('2027-03-26T12:00:00Z');
const context = { now: NOW, stage: 'dev', colors: pc.createColors(false) };

const shown = (schedule: ManifestSchedule, count: number): string =>
  formatNext(schedule, lookAhead(schedule, NOW, count), context);

describe('what is next', () => {
  test('is shown by the clocks of the zone and in UTC, with what the clocks skip', () => {
    const nightly = scheduleOf('nightly', { job: 'report', cron: '30 2 * * *', timezone: 'Europe/Berlin' });

    expect(shown(nightly, 3)).toMatchInlineSnapshot(`
      "nightly  30 2 * * *  Europe/Berlin  job report
        at 02:30
        Sat 2027-03-27 02:30  2027-03-27T01:30Z  in 14 hours
        Sun 2027-03-28  clocks go from 02:00 to 03:00; 02:30 is left out
        Mon 2027-03-29 02:30  2027-03-29T00:30Z  in 3 days
        Tue 2027-03-30 02:30  2027-03-30T00:30Z  in 4 days"
    `);
  });

  test('has runs after a gap, and how long after a due time it may be fired', () => {
    const nightly = scheduleOf('nightly', {
      job: 'report',
      cron: '0,15,30,45 2 * * *',
      timezone: 'Europe/Berlin',
      policy: { dst: 'runAfterGap', spread: milliseconds(300_000) },
    });

    expect(shown(nightly, 6)).toMatchInlineSnapshot(`
      "nightly  0,15,30,45 2 * * *  Europe/Berlin  job report
        at 0, 15, 30, and 45 minutes past 02:00; fired up to 5 minutes later (spread)
        Sat 2027-03-27 02:00  2027-03-27T01:00Z  in 13 hours
        Sat 2027-03-27 02:15  2027-03-27T01:15Z  in 13 hours
        Sat 2027-03-27 02:30  2027-03-27T01:30Z  in 14 hours
        Sat 2027-03-27 02:45  2027-03-27T01:45Z  in 14 hours
        Sun 2027-03-28  clocks go from 02:00 to 03:00; 4 due times from 02:00 to 02:45 do not exist: one run starts at 03:00 instead
        Sun 2027-03-28 03:00  2027-03-28T01:00Z  in 37 hours    after the gap
        Mon 2027-03-29 02:00  2027-03-29T00:00Z  in 3 days"
    `);
  });

  test('has what the clocks repeat once', () => {
    const night = scheduleOf('night', { job: 'report', cron: '30 1 * * *', timezone: 'America/New_York' });

    const ahead = lookAhead(night, at('2027-11-06T12:00:00Z'), 2);

    expect(formatNext(night, ahead, context)).toMatchInlineSnapshot(`
      "night  30 1 * * *  America/New_York  job report
        at 01:30
        Sun 2027-11-07 01:30  2027-11-07T05:30Z  in 226 days
        Sun 2027-11-07  clocks go back from 02:00 to 01:00; 01:30 comes twice, and counts the first time only
        Mon 2027-11-08 01:30  2027-11-08T06:30Z  in 227 days"
    `);
  });

  test('names the calendar that skips a due time, and the first run after those that are shown', () => {
    const easter = { name: 'eas\u0007ter', days: ['2027-03-26/2027-03-29'] };
    const mornings = scheduleOf('mornings', { job: 'report', cron: '0 9 * * *', policy: { except: [easter] } });

    expect(shown(mornings, 2)).toMatchInlineSnapshot(`
      "mornings  0 9 * * *  UTC  job report
        at 09:00
        Sat 2027-03-27 09:00 UTC  skipped by the calendar eas ter
        Sun 2027-03-28 09:00 UTC  skipped by the calendar eas ter
        the first that runs: Tue 2027-03-30 09:00  2027-03-30T09:00Z  in 4 days"
    `);
  });

  test.each([
    [{ except: [{ name: '2027-03-27', days: ['2027-03-27'] }] }, 'on a day that except leaves out (2027-03-27)'],
    [{ only: [{ name: '2020-01-01', days: ['2020-01-01'] }] }, 'not in only (2020-01-01)'],
    [{ only: [{ name: 'fairs', days: ['2020-01-01'] }] }, 'skipped by the calendar fairs'],
    [
      {
        only: ['2020-01-01', '2020-01-02', '2020-01-03', '2020-01-04'].map((day) => ({ name: day, days: [day] })),
      },
      'not in only (2020-01-01, 2020-01-02, 2020-01-03, …)',
    ],
  ])('tells plain days from a calendar: %j', (policy, why) => {
    expect(shown(scheduleOf('mornings', { job: 'report', cron: '0 9 * * *', policy }), 1)).toContain(
      `Sat 2027-03-27 09:00 UTC  ${why}\n`,
    );
  });

  test('says that a schedule is disabled, and that none is left', () => {
    const off = scheduleOf('off', { job: 'report', cron: 'cron(0 9 1 1 ? 2026-2027)', enabled: false });

    expect(shown(off, 2)).toMatchInlineSnapshot(`
      "off  cron(0 9 1 1 ? 2026-2027)  UTC  job report
        at 09:00, on day 1 of the month, only in January, 2026 through 2027; disabled in stage dev: nothing of this is fired
        never due again"
    `);
  });

  test('of an expression is shown with what EventBridge is given', () => {
    const timed = scheduleOf('x', { job: 'report', cron: '0 9 13 * fri' });

    expect(formatExpression(timed, lookAhead(timed, NOW, 2), context)).toMatchInlineSnapshot(`
      "0 9 13 * fri  UTC
        at 09:00, on day 13 of the month, or at 09:00, only on Friday
        EventBridge: cron(0 9 13 * ? *) and cron(0 9 ? * FRI *)
        Fri 2027-04-02 09:00 UTC  in 7 days
        Fri 2027-04-09 09:00 UTC  in 14 days"
    `);
  });

  test('is JSON of instants and local times', () => {
    const nightly = scheduleOf('nightly', { job: 'report', cron: '30 2 * * *', timezone: 'Europe/Berlin' });

    expect(nextJson(nightly, lookAhead(nightly, NOW, 2), { version: '2025c' })).toMatchInlineSnapshot(`
      {
        "clockChanges": [
          {
            "at": "2027-03-28T01:00:00.000Z",
            "from": "2027-03-28T02:00",
            "kind": "gap",
            "times": [
              "2027-03-28T02:30",
            ],
            "to": "2027-03-28T03:00",
          },
        ],
        "description": "at 02:30",
        "dueTimes": [
          {
            "isAfterGap": false,
            "local": "2027-03-27T02:30",
            "scheduledTime": "2027-03-27T01:30:00.000Z",
          },
          {
            "isAfterGap": false,
            "local": "2027-03-29T02:30",
            "scheduledTime": "2027-03-29T00:30:00.000Z",
          },
        ],
        "enabled": true,
        "expressions": [
          "cron(30 2 * * ? *)",
        ],
        "id": "nightly",
        "job": "report",
        "nextRun": "2027-03-27T01:30:00.000Z",
        "source": "30 2 * * *",
        "spread": 0,
        "timezone": "Europe/Berlin",
        "zoneData": {
          "version": "2025c",
        },
      }
    `);
  });
});
