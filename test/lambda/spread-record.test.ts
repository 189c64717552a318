import type { SQSRecord } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { fillInScheduledTime } from '../../lib/lambda/emulated-record.ts';
import type { Runtime } from '../../lib/lambda/runtime.ts';
import { alignScheduledTime, type FiringWindow } from '../../lib/lambda/spread-record.ts';
import { formatRunMessage, parseRunMessage, scheduleTargetInput } from '../../lib/run/message.ts';
import { scanDueTimes } from '../cron/oracle.ts';
import { manualRequest, minutes } from '../support/requests.ts';

const RUNTIME = { log: { warn() {} } } as unknown as Runtime;
const NIGHTLY: FiringWindow = { expressions: ['cron(0 2 * * ? *)'], timezone: 'UTC', spread: minutes(30) };
const ENTRY = { job: 'report', schedule: 'nightly', input: { region: 'eu' } };

const filledIn = (time: string, entry = ENTRY): string =>
  scheduleTargetInput(entry).replace('<aws.scheduler.scheduled-time>', time);
const recordOf = (body: string, sentAt = '2027-03-02T02:17:43Z') =>
  ({ body, attributes: { SentTimestamp: String(Date.parse(sentAt)) } }) as SQSRecord;
const align = (body: string, window = NIGHTLY) => alignScheduledTime({ nightly: window })(recordOf(body), RUNTIME).body;
const runOf = (body: string): string => parseRunMessage(body).run;

describe('the scheduled time of a message of a schedule with a window', () => {
  test.each(['2027-03-02T02:00:00Z', '2027-03-02T02:00:43Z', '2027-03-02T02:17:43Z', '2027-03-02T02:30:59Z'])(
    'is the due time, where EventBridge says %s',
    (time) => {
      expect(runOf(align(filledIn(time)))).toBe('report/2027-03-02T02:00Z/nightly');
    },
  );

  test('is the due time, where an emulator leaves it out and the minute of the message is taken', () => {
    const aligned = alignScheduledTime({ nightly: NIGHTLY }, fillInScheduledTime);

    const { body } = aligned(recordOf(scheduleTargetInput(ENTRY)), RUNTIME);

    expect(parseRunMessage(body)).toMatchObject({
      run: 'report/2027-03-02T02:00Z/nightly',
      scheduledTime: Date.parse('2027-03-02T02:00:00Z'),
      input: { region: 'eu' },
    });
  });

  test('is the newest of two, for a schedule that has become two in EventBridge', () => {
    const window = { ...NIGHTLY, expressions: ['cron(0 2 13 * ? *)', 'cron(0 2 ? * 6 *)'] };

    expect(runOf(align(filledIn('2027-08-13T02:10:00Z'), window))).toBe('report/2027-08-13T02:00Z/nightly');
  });

  test('is that of the local time, on the day on which clocks are set', () => {
    const window = { ...NIGHTLY, expressions: ['cron(30 3 * * ? *)'], timezone: 'Europe/Stockholm' };

    expect(runOf(align(filledIn('2027-03-28T01:45:00Z'), window))).toBe('report/2027-03-28T01:30Z/nightly');
  });

  test('stays what it is where no due time explains it', () => {
    const body = filledIn('2027-03-02T09:00:00Z');

    expect(align(body)).toBe(body);
  });

  test('is right at every moment of every window', () => {
    const window = {
      ...NIGHTLY,
      expressions: ['cron(0/20 2-5 * * ? *)'],
      timezone: 'America/New_York',
      spread: minutes(15),
    };
    const [from, to] = [Date.parse('2027-03-13T00:00:00Z'), Date.parse('2027-03-15T00:00:00Z')];
    const [expression = ''] = window.expressions;
    const dueTimes = scanDueTimes({ expression, timezone: window.timezone, from, to });
    expect(dueTimes.length).toBeGreaterThan(10);

    for (const due of dueTimes) {
      for (const late of [0, 1, 59_999, 7 * 60_000 + 1, 15 * 60_000]) {
        const body = filledIn(new Date(due + late).toISOString());
        expect(runOf(align(body, window))).toBe(`report/${new Date(due).toISOString().slice(0, 16)}Z/nightly`);
      }
    }
  });
});

describe('a message is left as it came', () => {
  test.each<[string, string]>([
    ['of a schedule without a window', filledIn('2027-03-02T02:10:00Z', { ...ENTRY, schedule: 'hourly' })],
    [
      'of a schedule whose name every object has',
      filledIn('2027-03-02T02:10:00Z', { ...ENTRY, schedule: 'constructor' }),
    ],
    ['of a run that somebody asked for', formatRunMessage(manualRequest())],
    [
      'that names its run',
      filledIn('2027-03-02T02:10:00Z').replace('"run":null', '"run":"report/2027-03-02T02:00Z/nightly"'),
    ],
    ['without a time', filledIn('soon')],
    ['that is not JSON', 'not JSON'],
    ['that is JSON and no object', '"text"'],
    ['that is nothing', 'null'],
    ['that was not filled in', scheduleTargetInput(ENTRY)],
    [
      'whose input has a field of that name before its own',
      '{"v":1,"run":null,"job":"report","schedule":"nightly","input":{"scheduledTime":"x"},"trigger":"schedule","scheduledTime":"2027-03-02T02:10:00Z"}',
    ],
  ])('%s', (_what, body) => {
    expect(align(body)).toBe(body);
  });
});
