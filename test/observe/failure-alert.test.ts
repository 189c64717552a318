import { describe, expect, test } from 'vitest';
import { describeFailure, type FailureAlertOptions } from '../../lib/observe/failure-alert.ts';
import type { RunRecord } from '../../lib/run/record.ts';
import { epochMs } from '../../lib/units.ts';

const due = epochMs(Date.parse('2027-07-02T01:00:00Z'));
const run: RunRecord = {
  id: 'report/2027-07-02T01:00Z/nightly',
  job: 'report',
  schedule: 'nightly',
  scheduledTime: due,
  trigger: 'schedule',
  status: 'failed',
  claim: 3,
  attempt: 3,
  lastAttempt: 3,
  attempts: [{ n: 3, cause: 'retry', startedAt: due, logStream: '2027/07/02/[$LATEST]abc', requestId: 'request-1' }],
  createdAt: due,
};
const options: FailureAlertOptions = {
  app: 'shop',
  stage: 'prod',
  logGroup: '/aws/lambda/shop-prod-report',
  region: 'eu-north-1',
  timezone: 'Europe/Stockholm',
};

describe('the message about a failed run', () => {
  test('says in one line where and what failed', () => {
    const { subject } = describeFailure(run, { name: 'TypeError', message: 'no\nconnection' }, options);

    expect(subject).toBe('[prod] report failed: TypeError: no connection');
  });

  test('says below it where it failed and what is behind it, a line each', () => {
    const causes = [
      { depth: 1, name: 'AggregateError', message: '', code: 'ECONNREFUSED' },
      { depth: 2, name: 'Error', message: 'connect ECONNREFUSED\n::1:9' },
    ];
    const error = { name: 'TypeError', message: 'fetch failed', at: 'functions/report.ts:12:9', causes };

    const { subject, body } = describeFailure(run, error, options);

    expect(subject).toBe('[prod] report failed: TypeError: fetch failed');
    expect(body.split('\n').slice(0, 6)).toEqual([
      subject,
      'at functions/report.ts:12:9',
      'caused by AggregateError (ECONNREFUSED)',
      '  caused by Error: connect ECONNREFUSED ::1:9',
      '',
      'Run          report/2027-07-02T01:00Z/nightly',
    ]);
  });

  test.each([
    ['eu-north-1', 'https://eu-north-1.console.aws.amazon.com/cloudwatch/home?region=eu-north-1#'],
    ['cn-northwest-1', 'https://cn-northwest-1.console.amazonaws.cn/cloudwatch/home?region=cn-northwest-1#'],
    ['us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/cloudwatch/home?region=us-gov-west-1#'],
  ])('links to the console of the partition of %s', (region, url) => {
    const { body } = describeFailure(run, { name: 'Error', message: 'no' }, { ...options, region });

    expect(body).toContain(url);
  });

  test('keeps its subject within what SNS takes', () => {
    const { subject, body } = describeFailure(run, { name: 'Error', message: 'x'.repeat(2000) }, options);

    expect(subject).toHaveLength(99);
    expect(body.split('\n')[0]).toHaveLength('[prod] report failed: '.length + 300);
  });

  test('tells the run, its time in its zone and in UTC, its attempts, its log lines, its dead letter and the command', () => {
    const { body } = describeFailure(run, { name: 'Error', message: 'no' }, options);

    expect(body.split('\n').slice(2)).toEqual([
      'Run          report/2027-07-02T01:00Z/nightly',
      'Schedule     nightly',
      'Scheduled    2027-07-02 03:00 Europe/Stockholm (2027-07-02 01:00 UTC)',
      'Attempts     3',
      'Log lines    https://eu-north-1.console.aws.amazon.com/cloudwatch/home?region=eu-north-1#logsV2:log-groups/log-group/$252Faws$252Flambda$252Fshop-prod-report/log-events/2027$252F07$252F02$252F$255B$2524LATEST$255Dabc$253FfilterPattern$253D$2522report$252F2027-07-02T01$253A00Z$252Fnightly$2522',
      'Dead letter  shop-prod-report-dlq',
      "Show it      npm run belfry -- show 'report/2027-07-02T01:00Z/nightly' --stage prod",
    ]);
  });

  test('names log group, stream and request where there is no console', () => {
    const { region: _, ...local } = options;
    const { body } = describeFailure(run, { name: 'Error', message: 'no' }, local);

    expect(body).toContain(
      'Log lines    /aws/lambda/shop-prod-report, stream 2027/07/02/[$LATEST]abc, request request-1',
    );
    expect(body).not.toContain('--stage');
  });

  test('says that a run was asked for', () => {
    const { body } = describeFailure(
      { ...run, schedule: null, trigger: 'manual' },
      { name: 'Error', message: 'no' },
      { ...options, timezone: undefined },
    );

    expect(body).toContain('Schedule     none (manual)');
    expect(body).toContain('Scheduled    2027-07-02 01:00 UTC\n');
  });
});
