import { expect, test } from 'vitest';
import { createAlarms } from '../../../lib/local/cloudwatch/index.ts';
import { formatMetrics } from '../../../lib/observe/metrics.ts';
import { milliseconds } from '../../../lib/units.ts';
import { settle, VirtualClock } from '../../support/virtual-clock.ts';
import { alarmModel, belfryMetric, deadLettersWaiting, functionErrors, math, metricQuery, TOPIC } from './models.ts';
import { after, noMessages, START, setup } from './setup.ts';

test('an alarm begins without data and is OK at once when missing data are', () => {
  const { changes, alarms } = setup([alarmModel([deadLettersWaiting])]);

  expect(changes).toMatchObject([{ from: 'INSUFFICIENT_DATA', to: 'OK', at: START }]);
  expect(alarms.states()).toMatchObject([{ name: 'app-dev-alarm', job: 'job', state: 'OK', since: START }]);
});

test('a dead letter rings its alarm within five seconds, and a minute after it is gone the alarm is OK', async () => {
  const { clock, levels, alarms, stateNow } = setup([alarmModel([deadLettersWaiting])]);

  await clock.advanceBy(after(1));
  levels.set('app-dev-job-dlq', { ...noMessages, visible: 1 });
  await clock.advanceBy(after(4));
  const withDeadLetter = alarms.states();
  levels.set('app-dev-job-dlq', noMessages);
  await clock.advanceBy(after(55));
  const shortlyAfter = stateNow();
  await clock.advanceBy(after(5));

  expect(withDeadLetter).toMatchObject([{ state: 'ALARM', since: START + 5000 }]);
  expect(withDeadLetter[0]?.reason).toBe(
    'Threshold Crossed: 1 out of the last 1 datapoint [1.0] was greater than the threshold (0.0).',
  );
  expect(shortlyAfter).toEqual(['ALARM']);
  expect(stateNow()).toEqual(['OK']);
});

test('tells the topic of an alarm once, as CloudWatch does', async () => {
  const { clock, published, fail } = setup([alarmModel([functionErrors], { name: 'app-dev-job-errors' })]);

  fail();
  await clock.advanceBy(after(20));
  fail();
  await clock.advanceBy(after(20));

  expect(published).toEqual([
    {
      topic: TOPIC,
      subject: 'ALARM: "app-dev-job-errors" in us-east-1',
      message: {
        AlarmName: 'app-dev-job-errors',
        AlarmDescription: 'Look first at the log.',
        AWSAccountId: '000000000000',
        NewStateValue: 'ALARM',
        NewStateReason: 'Threshold Crossed: 1 out of the last 1 datapoint [1.0] was greater than the threshold (0.0).',
        StateChangeTime: '2027-03-02T02:00:05.000+0000',
        Region: 'us-east-1',
        AlarmArn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:app-dev-job-errors',
        OldStateValue: 'OK',
        OKActions: [],
        AlarmActions: [TOPIC],
        InsufficientDataActions: [],
      },
    },
  ]);
});

test('an alarm whose actions are switched off changes silently', async () => {
  const { clock, published, stateNow, fail } = setup([alarmModel([functionErrors], { actionsEnabled: false })]);

  fail();
  await clock.advanceBy(after(5));

  expect(stateNow()).toEqual(['ALARM']);
  expect(published).toEqual([]);
});

test('an invocation counts when it began, not when it ended', async () => {
  const forTwo = { evaluationPeriods: 2, datapointsToAlarm: 1, treatMissingData: 'notBreaching' };
  const { alarms, clock, stateNow, invoked } = setup([
    alarmModel(math('FILL(errors, 0)'), { name: 'newest' }),
    alarmModel(math('FILL(errors, 0)'), { name: 'both', ...forTwo }),
  ]);

  await clock.advanceBy(after(360));
  alarms.countInvocation('app-dev-job', invoked('failed', milliseconds(360_000)));
  await clock.advanceBy(after(5));
  const atFirst = stateNow();
  await clock.advanceBy(after(600 - 360));

  expect(atFirst).toEqual(['OK', 'ALARM']);
  expect(stateNow()).toEqual(['OK', 'OK']);
});

test('counts a throttled invocation as no error', async () => {
  const { alarms, clock, stateNow } = setup([alarmModel([functionErrors]), alarmModel(math('throttles'))]);

  alarms.countInvocation('app-dev-job', { kind: 'throttled', reason: 'busy', at: clock.now() });
  await clock.advanceBy(after(5));

  expect(stateNow()).toEqual(['OK', 'ALARM']);
});

test('the longest duration rings the alarm on slow runs', async () => {
  const slow = alarmModel([metricQuery({ name: 'Duration', statistic: 'Maximum' })], { threshold: 18_000 });
  const { alarms, clock, stateNow, invoked } = setup([slow]);

  alarms.countInvocation('app-dev-job', invoked('succeeded', milliseconds(18_000)));
  await clock.advanceBy(after(5));
  const atTheThreshold = stateNow();
  alarms.countInvocation('app-dev-job', invoked('succeeded', milliseconds(18_001)));
  await clock.advanceBy(after(5));

  expect([atTheThreshold, stateNow()]).toEqual([['OK'], ['ALARM']]);
});

test('a failed run counts for its deployment and for its job, and is about no job where all share the alarm', async () => {
  const { clock, alarms, emit } = setup([
    alarmModel([belfryMetric('RunsFailed', { Deployment: 'app-dev' })], { name: 'app-dev-runs-failed' }),
    alarmModel([belfryMetric('RunsFailed', { Deployment: 'app-dev', Job: 'job' })], { name: 'app-dev-job-failed' }),
    alarmModel([belfryMetric('RunsFailed', { Deployment: 'app-dev', Job: 'report' })], {
      name: 'app-dev-report-failed',
    }),
  ]);

  emit('job', { runsFailed: 1 });
  await clock.advanceBy(after(5));

  expect(alarms.states()).toMatchObject([
    { name: 'app-dev-runs-failed', job: null, state: 'ALARM', since: START + 5000 },
    { name: 'app-dev-job-failed', job: 'job', state: 'ALARM' },
    { name: 'app-dev-report-failed', job: 'report', state: 'OK' },
  ]);
});

test('a value keeps its place until there is a newer one or the evaluation range is over', async () => {
  const { clock, stateNow, emit } = setup([alarmModel([belfryMetric('RunsFailed', { Deployment: 'app-dev' })])]);

  emit('report', { runsFailed: 1 });
  await clock.advanceBy(after(890));
  const within = stateNow();
  await clock.advanceBy(after(20));

  expect([within, stateNow()]).toEqual([['ALARM'], ['OK']]);
});

test('counts nothing that another deployment has written', async () => {
  const { clock, alarms, stateNow } = setup([alarmModel([belfryMetric('RunsFailed', { Deployment: 'app-dev' })])]);

  alarms.readLine(formatMetrics('app-prod', 'job', clock.now(), { runsFailed: 1 }), clock.now());
  await clock.advanceBy(after(5));

  expect(stateNow()).toEqual(['OK']);
});

test('a queue on which nothing happens sends no metrics after six hours, and begins again with the next message', async () => {
  const { clock, levels, stateNow } = setup([alarmModel([deadLettersWaiting], { treatMissingData: 'missing' })]);
  levels.set('app-dev-job-dlq', { ...noMessages, visible: 1 });

  await clock.advanceBy(after(6 * 3600));
  const active = stateNow();
  await clock.advanceBy(after(300));
  const asleep = stateNow();
  levels.set('app-dev-job-dlq', { ...noMessages, visible: 2 });
  await clock.advanceBy(after(5));

  expect([active, asleep, stateNow()]).toEqual([['ALARM'], ['INSUFFICIENT_DATA'], ['ALARM']]);
});

test('an alarm that warms up is not evaluated before that is over, even where data are there', async () => {
  const warmUp = { duration: after(1800), isWhole: true };
  const { clock, stateNow, fail } = setup([alarmModel([functionErrors], { warmUp })]);

  fail();
  await clock.advanceBy(after(1795));
  const before = stateNow();
  fail();
  await clock.advanceBy(after(5));

  expect([before, stateNow()]).toEqual([['INSUFFICIENT_DATA'], ['ALARM']]);
});

test('a warm-up that may end early does so when the evaluation periods since the first value are full', async () => {
  const warmUp = { duration: after(3600), isWhole: false };
  const { alarms, clock, stateNow, invoked } = setup([alarmModel([functionErrors], { evaluationPeriods: 3, warmUp })]);
  const runEachMinute = async (minutes: number) => {
    for (let minute = 0; minute < minutes; minute++) {
      await clock.advanceBy(after(60));
      alarms.countInvocation('app-dev-job', invoked('succeeded'));
    }
  };

  // As AWS's example: data from the fourth minute on, evaluated from the nineteenth.
  await clock.advanceBy(after(3 * 60));
  await runEachMinute(15);
  const before = stateNow();
  await runEachMinute(2);

  expect([before, stateNow()]).toEqual([['INSUFFICIENT_DATA'], ['OK']]);
});

test.each([
  ['an anomaly band', alarmModel([], { unknown: ['ThresholdMetricId'] }), 'ThresholdMetricId'],
  ['a metric that is not here', alarmModel([metricQuery({ namespace: 'AWS/DynamoDB', name: 'X' })]), 'AWS/DynamoDB X'],
  ['a dimension that is not here', alarmModel([metricQuery({ dimensions: { Resource: 'x' } })]), 'by Resource'],
  ['a percentile', alarmModel([metricQuery({ statistic: 'p99' })]), '"p99"'],
  [
    'another comparison',
    alarmModel([functionErrors], { comparison: 'GreaterThanUpperThreshold' }),
    'GreaterThanUpperThreshold',
  ],
  ['another function', alarmModel(math('RATE(errors)')), 'RATE(errors)'],
  ['an expression without a metric', alarmModel(math('1 + 2')), '1 + 2'],
  ['a query language', alarmModel(math('SELECT SUM(X) FROM SCHEMA(B, J)')), 'SELECT'],
  ['an id of nothing', alarmModel(math('FILL(failures, 0)')), 'failures'],
])('reports an alarm that it cannot evaluate, and gives it no state: %s', (_case, model, word) => {
  const { unsupported, alarms } = setup([model]);

  expect(unsupported).toEqual([{ name: 'app-dev-alarm', reason: expect.stringContaining(word) }]);
  expect(alarms.states()).toEqual([]);
});

test('keeps the state of an alarm that is loaded again unchanged', async () => {
  const model = alarmModel([functionErrors]);
  const { alarms, clock, fail } = setup([model]);
  fail();
  await clock.advanceBy(after(5));

  alarms.load([structuredClone(model), alarmModel([deadLettersWaiting], { name: 'new' })], []);

  expect(alarms.states()).toMatchObject([{ state: 'ALARM' }, { name: 'new', state: 'INSUFFICIENT_DATA' }]);
});

test('goes on when a topic cannot be told', async () => {
  const clock = new VirtualClock(START);
  const errors: unknown[] = [];
  const alarms = createAlarms({
    clock,
    region: 'us-east-1',
    levelsOf: () => ({ ...noMessages, visible: 1 }),
    notify: () => Promise.reject(new Error('no such topic')),
    jobOf: () => null,
    observer: { onError: (error) => errors.push(error) },
  });
  alarms.load([alarmModel([deadLettersWaiting])], ['app-dev-job-dlq']);

  alarms.start();
  await settle();
  alarms.stop();

  expect(errors).toEqual([new Error('no such topic')]);
  expect(alarms.states()).toMatchObject([{ state: 'ALARM' }]);
});
