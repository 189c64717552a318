import { expect, test } from 'vitest';
import type { Scheduler } from '../../lib/local/scheduler/index.ts';
import { dueSchedules } from '../../lib/local/schedules.ts';
import { scheduleTargetInput } from '../../lib/run/message.ts';
import { epochMs, toIso } from '../../lib/units.ts';
import { type AppOf, manifestOf } from '../forecast/manifest.ts';

/** A scheduler that knows of nothing but next due times, by the names of its schedules. */
const schedulerWith = (next: Readonly<Record<string, string>>): Scheduler =>
  ({
    nextDueTimes: () =>
      Object.entries(next).map(([name, iso]) => {
        const input = scheduleTargetInput({ job: 'report', schedule: name.replace(/_2$/, ''), input: undefined });
        return { name: `shop-dev-${name}`, input, next: epochMs(Date.parse(iso)) };
      }),
  }) as unknown as Scheduler;

test('the next due time of a schedule is the first that no calendar skips', () => {
  const except = [{ name: 'easter', days: ['2027-03-26/2027-03-29'] }];
  const app: AppOf = {
    jobs: { report: ['skip', 1] },
    schedules: {
      mornings: { job: 'report', cron: '0 9 * * *', policy: { except } },
      either: { job: 'report', cron: '0 9 13 * fri', policy: { except } },
      hourly: { job: 'report', cron: '0 * * * *' },
      over: { job: 'report', cron: '0 9 * * *', policy: { only: [{ name: 'then', days: ['2026-01-01'] }] } },
      off: { job: 'report', cron: '0 9 * * *', enabled: false },
    },
  };
  const scheduler = schedulerWith({
    mornings: '2027-03-26T09:00:00Z',
    either: '2027-04-13T09:00:00Z',
    either_2: '2027-03-26T09:00:00Z',
    hourly: '2027-03-26T08:00:00Z',
    over: '2027-03-26T09:00:00Z',
  });

  const due = dueSchedules(manifestOf(app), scheduler);

  expect(due.map(({ id, next }) => [id, next && toIso(next)])).toEqual([
    ['mornings', '2027-03-30T09:00:00.000Z'],
    ['either', '2027-04-02T09:00:00.000Z'],
    ['hourly', '2027-03-26T08:00:00.000Z'],
    ['over', undefined],
    ['off', undefined],
  ]);
});
