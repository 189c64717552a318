import { expect, test } from 'vitest';
import type { AlarmState } from '../../../lib/local/assembly/index.ts';
import { judge } from '../../../lib/local/cloudwatch/judge.ts';
import { alarmModel } from './models.ts';

/** `X` breaches, `0` does not, `-` is missing; the newest last, as in AWS's tables. */
const datapoints = (text: string) =>
  [...text].reverse().map((sign) => (sign === '-' ? undefined : sign === 'X' ? 1 : 0));

const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;

/** AWS's own tables, of them the last three periods: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html */
test.each<[string, string, number, (AlarmState | 'same')[]]>([
  ['all there and OK', '0X0', 3, ['OK', 'OK', 'OK', 'OK']],
  ['all there and breaching', 'XXX', 3, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['one that is OK', '--0', 3, ['OK', 'OK', 'OK', 'OK']],
  ['nothing', '---', 3, ['INSUFFICIENT_DATA', 'same', 'ALARM', 'OK']],
  ['one that breaches', '-X-', 3, ['ALARM', 'same', 'ALARM', 'OK']],
  ['two of three breach', '0XX', 2, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['one breaches, one is OK', '0-X', 2, ['OK', 'OK', 'ALARM', 'OK']],
  ['only the newest, which is OK', '--0', 2, ['OK', 'OK', 'ALARM', 'OK']],
  ['only the newest, which breaches', '--X', 2, ['ALARM', 'same', 'ALARM', 'OK']],
])('judges three periods by how missing data count: %s', (_case, text, datapointsToAlarm, expected) => {
  const states = treatments.map((treatMissingData) => {
    const model = alarmModel([], { evaluationPeriods: 3, datapointsToAlarm, treatMissingData });
    const [one, other] = (['OK', 'ALARM'] as const).map((current) => judge(model, datapoints(text), current).state);
    return one === other ? one : 'same';
  });

  expect(states).toEqual(expected);
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
