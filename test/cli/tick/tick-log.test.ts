import pc from 'picocolors';
import { expect, test } from 'vitest';
import { formatTickSchedules } from '../../../lib/cli/shared/view/schedule-table.ts';
import { createTickLog, reasonOf } from '../../../lib/cli/tick/tick-log.ts';
import type { TickObserver } from '../../../lib/emulators/index.ts';
import type { StoredSchedule } from '../../../lib/local/scheduler/index.ts';
import { epochMs, plus, seconds } from '../../../lib/units.ts';
import { DUE, minutes } from '../../support/requests.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const plain = pc.createColors(false);
const schedule: StoredSchedule = {
  group: 'belfry-dev',
  name: 'nightly',
  arn: 'arn:aws:scheduler:us-east-1:000000000000:schedule/belfry-dev/nightly',
  expression: 'cron(0 2 * * ? *)',
  timezone: 'UTC',
  isEnabled: true,
  deletesAfterCompletion: false,
  createdAt: DUE,
  modifiedAt: DUE,
  dueAfter: DUE,
  anchor: DUE,
  target: {
    arn: 'arn:aws:sqs:us-east-1:000000000000:reports',
    roleArn: 'arn:aws:iam::000000000000:role/scheduler',
    maxRetryAttempts: 185,
    maxEventAge: seconds(86_400),
  },
};
const fire = { schedule, scheduledTime: DUE };

test.each<[(log: TickObserver) => void, RegExp]>([
  [(log) => log.onFired?.({ ...fire, attempt: 1 }), /^fired +nightly +due \d\d:\d\d:\d\d$/],
  [
    (log) =>
      log.onDropped?.({ ...fire, reason: 'no-dead-letter-queue', error: new Error('there is no queue reports') }),
    /^undelivered nightly +there is no queue reports; it left no dead letter$/,
  ],
  [
    (log) => log.onDeadLettered?.({ ...fire, attempts: 1, error: new Error('gone') }),
    /^undelivered nightly +Error: gone; its dead letter lies in the delivery queue$/,
  ],
  [
    (log) => log.onMissedWhileOff?.(schedule, [DUE, DUE]),
    /^not fired +nightly +2 due while this machine slept or nobody could look, the last 9 minutes ago$/,
  ],
  [(log) => log.onChange?.({ kind: 'new', schedule }), /^new +nightly +cron\(0 2 \* \* \? \*\) UTC$/],
  [
    (log) => log.onChange?.({ kind: 'changed', schedule: { ...schedule, isEnabled: false } }),
    /^changed +nightly +cron\(0 2 \* \* \? \*\) UTC, disabled$/,
  ],
  [(log) => log.onChange?.({ kind: 'gone', schedule }), /^gone +nightly$/],
  [
    (log) => log.onChange?.({ kind: 'unsupported', schedule, reason: 'its target\u0007is \u001b[31modd' }),
    /^not fired +nightly +its target is odd$/,
  ],
  [
    (log) => log.onTrouble?.({ kind: 'list', name: 'belfry-dev' }, new Error('connect ECONNREFUSED')),
    /^trouble +belfry-dev +its schedules cannot be listed: connect ECONNREFUSED; it is tried again$/,
  ],
  [(log) => log.onTroubleOver?.({ kind: 'list', name: 'belfry-dev' }), /^works again belfry-dev$/],
])('the log of a tick has a line for each event: %#', (happen, line) => {
  const said: string[] = [];
  const say = (text: string) => void said.push(text.slice('00:00:00  '.length));

  happen(createTickLog({ colors: plain, say, print: say }, new VirtualClock(plus(DUE, minutes(9)))));

  expect(said).toEqual([expect.stringMatching(line)]);
});

test('an error is told in one line', () => {
  const refused = new AggregateError([new Error('connect ECONNREFUSED ::1:4566'), new Error('the other')]);

  expect([refused, new SyntaxError('no JSON\n  see below'), new Error('gone')].map(reasonOf)).toEqual([
    'connect ECONNREFUSED ::1:4566',
    'SyntaxError: no JSON',
    'gone',
  ]);
});

test("the table of an endpoint's schedules shows the soonest first, by its own zone's clocks", () => {
  const table = formatTickSchedules(
    [
      { name: 'off', expression: 'rate(1 day)', timezone: 'UTC', next: undefined },
      {
        name: 'late',
        expression: 'cron(0 9 * * ? *)',
        timezone: 'Europe/Stockholm',
        next: epochMs(Date.parse('2027-03-02T08:00:00Z')),
      },
      { name: 'soon', expression: 'rate(5 minutes)', timezone: 'UTC', next: plus(DUE, minutes(5)) },
    ],
    DUE,
    plain,
  );

  const rows = table
    .split('\n')
    .filter((row) => row.trim() !== '')
    .map((row) => row.trim().split(/ {2,}/));
  expect(rows).toEqual([
    ['SCHEDULE', 'WHEN', 'ZONE', 'NEXT DUE'],
    ['soon', 'rate(5 minutes)', 'UTC', 'Tue 2027-03-02 02:05', 'in 5 minutes'],
    ['late', 'cron(0 9 * * ? *)', 'Europe/Stockholm', 'Tue 2027-03-02 09:00', 'in 6 hours'],
    ['off', 'rate(1 day)', 'UTC', 'never, it is disabled or over'],
  ]);
});
