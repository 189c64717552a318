import { expect, test } from 'vitest';
import type { AlarmState } from '../../../lib/local/assembly/index.ts';
import { judge } from '../../../lib/local/cloudwatch/judge.ts';
import { alarmModel } from './models.ts';

/** `X` breaches, `0` does not, `-` is missing; the newest last, as in AWS's tables. */
const datapoints = (text: string) =>
  [...text].reverse().map((sign) => (sign === '-' ? undefined : sign === 'X' ? 1 : 0));

const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;

type Row = [string, (AlarmState | 'retained')[]];

/** The state by each treatment; `retained` where it is whatever it was. */
function judged(text: string, periods: { evaluationPeriods: number; datapointsToAlarm: number }) {
  return treatments.map((treatMissingData) => {
    const model = alarmModel([], { ...periods, treatMissingData });
    const [one, other] = (['OK', 'ALARM'] as const).map((current) => judge(model, datapoints(text), current).state);
    return one === other ? one : 'retained';
  });
}

/** AWS's first table: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html */
test.each<Row>([
  ['0-X-X', ['OK', 'OK', 'OK', 'OK']],
  ['0----', ['OK', 'OK', 'OK', 'OK']],
  ['-----', ['INSUFFICIENT_DATA', 'retained', 'ALARM', 'OK']],
  ['0XX-X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['--X--', ['ALARM', 'retained', 'ALARM', 'OK']],
])("judges three of three periods as AWS's table: %s", (text, expected) => {
  expect(judged(text, { evaluationPeriods: 3, datapointsToAlarm: 3 })).toEqual(expected);
});

/** AWS's second table, on the same page. */
test.each<Row>([
  ['0-X-X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['00X0X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['0-X--', ['OK', 'OK', 'ALARM', 'OK']],
  ['----0', ['OK', 'OK', 'ALARM', 'OK']],
  ['---X-', ['ALARM', 'retained', 'ALARM', 'OK']],
])("judges two of three periods as AWS's table: %s", (text, expected) => {
  expect(judged(text, { evaluationPeriods: 3, datapointsToAlarm: 2 })).toEqual(expected);
});

/** "Avoiding premature transitions to alarm state", on the same page. */
test.each<Row>([
  ['----X', ['INSUFFICIENT_DATA', 'retained', 'ALARM', 'OK']],
  ['---X-', ['INSUFFICIENT_DATA', 'retained', 'ALARM', 'OK']],
  ['---X0', ['OK', 'OK', 'OK', 'OK']],
  ['--X-0', ['OK', 'OK', 'OK', 'OK']],
  ['X----', ['ALARM', 'retained', 'ALARM', 'OK']],
])('waits for as many periods as it asks for before few breaches are an alarm: %s', (text, expected) => {
  expect(judged(text, { evaluationPeriods: 3, datapointsToAlarm: 3 })).toEqual(expected);
});

test.each<Row>([
  ['X----', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['0----', ['OK', 'OK', 'ALARM', 'OK']],
  ['000X0', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['X0000', ['OK', 'OK', 'OK', 'OK']],
])('one breach in any of several periods is enough where one is asked for: %s', (text, expected) => {
  expect(judged(text, { evaluationPeriods: 3, datapointsToAlarm: 1 })).toEqual(expected);
});

test('the newest value decides where one period is evaluated, as long as there is one in the range', () => {
  const periods = { evaluationPeriods: 1, datapointsToAlarm: 1 };

  expect([judged('X0-', periods), judged('0X-', periods), judged('---', periods)]).toEqual([
    ['OK', 'OK', 'OK', 'OK'],
    ['ALARM', 'ALARM', 'ALARM', 'ALARM'],
    ['INSUFFICIENT_DATA', 'retained', 'ALARM', 'OK'],
  ]);
});

test.each([
  ['GreaterThanThreshold', [false, false, true]],
  ['GreaterThanOrEqualToThreshold', [false, true, true]],
  ['LessThanThreshold', [true, false, false]],
  ['LessThanOrEqualToThreshold', [true, true, false]],
])('compares below, at and above the threshold: %s', (comparison, expected) => {
  const model = alarmModel([], { threshold: 5, comparison });

  const states = [4, 5, 6].map((value) => judge(model, [value], 'OK').state === 'ALARM');

  expect(states).toEqual(expected);
});
