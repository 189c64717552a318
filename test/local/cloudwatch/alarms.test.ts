import { expect, onTestFinished, test } from 'vitest';
import type { AlarmModel } from '../../../lib/local/assembly/index.ts';
import { type AlarmChange, createAlarms, type QueueLevels } from '../../../lib/local/cloudwatch/index.ts';
import type { InvocationResult } from '../../../lib/local/lambda/workers/index.ts';
import { formatMetrics } from '../../../lib/observe/metrics.ts';
import { epochMs, type Milliseconds, milliseconds, seconds, toMilliseconds } from '../../../lib/units.ts';
import { settle, VirtualClock } from '../../support/virtual-clock.ts';
import { alarmModel, broken, expressionQuery, lettersWaiting, metricQuery, runsFailed, TOPIC } from './models.ts';

/** 2027-03-02, 02:00 in UTC. */
const START = epochMs(Date.UTC(2027, 2, 2, 2));

const after = (count: number): Milliseconds => toMilliseconds(seconds(count));
const noMessages: QueueLevels = { visible: 0, inFlight: 0, delayed: 0, oldestAgeSeconds: 0 };

function setup(models: readonly AlarmModel[]) {
  const clock = new VirtualClock(START);
  const changes: AlarmChange[] = [];
  const published: { topic: string; subject: string; message: Record<string, unknown> }[] = [];
  const errors: unknown[] = [];
  const levels = new Map<string, QueueLevels>();
  const alarms = createAlarms({
    clock,
    region: 'us-east-1',
    levelsOf: (queue) => levels.get(queue) ?? noMessages,
    notify: async (topic, subject, message) => {
      published.push({ topic, subject, message: JSON.parse(message) });
    },
    jobOf: (name) => (/^(job|report)$/.test(name) ? name : name.startsWith('app-dev-job') ? 'job' : null),
    observer: { onChange: (change) => changes.push(change), onError: (error) => errors.push(error) },
  });
  const unsupported = alarms.load(models, ['app-dev-job', 'app-dev-job-dlq']);
  alarms.start();
  onTestFinished(() => alarms.stop());

  const fail = () => alarms.countInvocation('app-dev-job', invoked('failed'));
  const emit = (job: string, values: Parameters<typeof formatMetrics>[3]) =>
    alarms.readLine(formatMetrics('app-dev', job, clock.now(), values), clock.now());
  const invoked = (kind: 'succeeded' | 'failed', duration = milliseconds(50)): InvocationResult => {
    const facts = { requestId: 'r', logStream: 's', endedAt: clock.now(), duration, isColdStart: false };
    const error = { type: 'Sandbox.Timedout', message: 'Task timed out after 3.00 seconds', trace: [] };
    return kind === 'failed' ? { ...facts, kind, error } : { ...facts, kind, payload: null };
  };
  const stateNow = () => alarms.states().map(({ state }) => state);
  return { alarms, clock, changes, published, errors, levels, unsupported, fail, emit, invoked, stateNow };
}

test('an alarm begins without data and is OK at once when missing data are', () => {
  const { changes, alarms } = setup([alarmModel([lettersWaiting])]);

  expect(changes).toMatchObject([{ from: 'INSUFFICIENT_DATA', to: 'OK', at: START }]);
  expect(alarms.states()).toMatchObject([{ name: 'app-dev-alarm', job: 'job', state: 'OK', since: START }]);
});

test('a letter rings its alarm within five seconds, and a minute after it is gone the alarm is OK', async () => {
  const { clock, levels, alarms, stateNow } = setup([alarmModel([lettersWaiting])]);

  await clock.advanceBy(after(1));
  levels.set('app-dev-job-dlq', { ...noMessages, visible: 1 });
  await clock.advanceBy(after(4));
  const withLetter = alarms.states();
  levels.set('app-dev-job-dlq', noMessages);
  await clock.advanceBy(after(55));
  const shortlyAfter = stateNow();
  await clock.advanceBy(after(5));

  expect(withLetter).toMatchObject([{ state: 'ALARM', since: START + 5000 }]);
  expect(withLetter[0]?.reason).toBe(
    'Threshold Crossed: 1 out of the last 1 datapoint [1.0] was greater than the threshold (0.0).',
  );
  expect(shortlyAfter).toEqual(['ALARM']);
  expect(stateNow()).toEqual(['OK']);
});

test('tells the topic of an alarm once, as CloudWatch does', async () => {
  const { clock, published, fail } = setup([alarmModel(broken(), { name: 'app-dev-job-broken' })]);

  fail();
  await clock.advanceBy(after(20));
  fail();
  await clock.advanceBy(after(20));

  expect(published).toEqual([
    {
      topic: TOPIC,
      subject: 'ALARM: "app-dev-job-broken" in us-east-1',
      message: {
        AlarmName: 'app-dev-job-broken',
        AlarmDescription: 'Look first at the log.',
        AWSAccountId: '000000000000',
        NewStateValue: 'ALARM',
        NewStateReason: 'Threshold Crossed: 1 out of the last 1 datapoint [1.0] was greater than the threshold (0.0).',
        StateChangeTime: '2027-03-02T02:00:05.000+0000',
        Region: 'us-east-1',
        AlarmArn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:app-dev-job-broken',
        OldStateValue: 'OK',
        OKActions: [],
        AlarmActions: [TOPIC],
        InsufficientDataActions: [],
      },
    },
  ]);
});

test('an alarm whose actions are switched off changes silently', async () => {
  const { clock, published, stateNow, fail } = setup([alarmModel(broken(), { actionsEnabled: false })]);

  fail();
  await clock.advanceBy(after(5));

  expect(stateNow()).toEqual(['ALARM']);
  expect(published).toEqual([]);
});

test('errors and throttles ring the same alarm, and ring no more five minutes after the last', async () => {
  const { clock, alarms, stateNow } = setup([alarmModel(broken())]);

  alarms.countInvocation('app-dev-job', { kind: 'throttled', reason: 'busy', at: clock.now() });
  await clock.advanceBy(after(5));
  const atFirst = stateNow();
  await clock.advanceBy(after(290));
  const stillThere = stateNow();
  await clock.advanceBy(after(10));

  expect([atFirst, stillThere, stateNow()]).toEqual([['ALARM'], ['ALARM'], ['OK']]);
});

test('metric math has no value where a metric has none, unless it is filled', async () => {
  const unfilled = alarmModel(broken('errors + throttles'), { treatMissingData: 'missing' });
  const computed = alarmModel(broken('(FILL(errors, 3) - 1) * 2 / 4'), { name: 'computed', threshold: 0.9 });
  const { alarms } = setup([unfilled, computed]);

  expect(alarms.states()).toMatchObject([{ state: 'INSUFFICIENT_DATA' }, { name: 'computed', state: 'ALARM' }]);
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

test('the shared alarm on failed runs names the job, and tells of a second job that fails', async () => {
  const { clock, alarms, published, emit } = setup([alarmModel([runsFailed], { name: 'app-dev-runs-failed' })]);
  const before = alarms.states();

  emit('job', { runsFailed: 1 });
  await clock.advanceBy(after(5));
  emit('report', { runsFailed: 1, runDuration: 30 });
  await clock.advanceBy(after(5));

  expect(before).toMatchObject([{ name: 'app-dev-runs-failed', job: null, state: 'OK' }]);
  expect(alarms.states()).toMatchObject([
    { name: 'app-dev-runs-failed', job: 'job', state: 'ALARM', since: START + 5000 },
    { name: 'app-dev-runs-failed', job: 'report', state: 'ALARM', since: START + 10_000 },
  ]);
  expect(published.map(({ message }) => message.AlarmContributorAttributes)).toEqual([
    { Job: 'job' },
    { Job: 'report' },
  ]);
});

test('the shared alarm is OK again when the period of the failure is over', async () => {
  const { clock, alarms, changes, emit } = setup([alarmModel([runsFailed])]);

  emit('report', { runsFailed: 1 });
  await clock.advanceBy(after(310));

  expect(changes.slice(1)).toMatchObject([
    { job: 'report', from: 'OK', to: 'ALARM' },
    { job: 'report', from: 'ALARM', to: 'OK' },
  ]);
  expect(alarms.states()).toMatchObject([{ job: null, state: 'OK' }]);
});

test('counts nothing that another deployment has written', async () => {
  const { clock, alarms, stateNow } = setup([alarmModel([runsFailed])]);

  alarms.readLine(formatMetrics('app-prod', 'job', clock.now(), { runsFailed: 1 }), clock.now());
  await clock.advanceBy(after(5));

  expect(stateNow()).toEqual(['OK']);
});

test('a contributor whose series has ended is OK', async () => {
  const forLong = alarmModel([{ ...runsFailed, period: seconds(86_400) } as typeof runsFailed]);
  const { clock, changes, emit } = setup([forLong]);

  emit('report', { runsFailed: 1 });
  await clock.advanceBy(after(3 * 3600 + 10));

  expect(changes.at(-1)).toMatchObject({ job: 'report', from: 'ALARM', to: 'OK' });
});

test.each([
  ['an anomaly band', alarmModel([], { unknown: ['ThresholdMetricId'] }), 'ThresholdMetricId'],
  ['a metric that is not here', alarmModel([metricQuery({ namespace: 'AWS/DynamoDB', name: 'X' })]), 'AWS/DynamoDB X'],
  ['a dimension that is not here', alarmModel([metricQuery({ dimensions: { Resource: 'x' } })]), 'by Resource'],
  ['a percentile', alarmModel([metricQuery({ statistic: 'p99' })]), '"p99"'],
  [
    'another comparison',
    alarmModel(broken(), { comparison: 'GreaterThanUpperThreshold' }),
    'GreaterThanUpperThreshold',
  ],
  ['another function', alarmModel(broken('RATE(errors)')), 'RATE(errors)'],
  ['an id of nothing', alarmModel(broken('FILL(failures, 0)')), 'failures'],
  [
    'a query with an order',
    alarmModel([expressionQuery('SELECT SUM(X) FROM SCHEMA(B, J) ORDER BY SUM()')]),
    'ORDER BY',
  ],
  ['a query of AWS', alarmModel([expressionQuery('SELECT SUM(X) FROM SCHEMA("AWS/EC2", InstanceId)')]), 'AWS/EC2 X'],
])('reports an alarm that it cannot evaluate, and gives it no state: %s', (_case, model, word) => {
  const { unsupported, alarms } = setup([model]);

  expect(unsupported).toEqual([{ name: 'app-dev-alarm', reason: expect.stringContaining(word) }]);
  expect(alarms.states()).toEqual([]);
});

test('keeps the state of an alarm that is loaded again unchanged', async () => {
  const model = alarmModel(broken());
  const { alarms, clock, fail } = setup([model]);
  fail();
  await clock.advanceBy(after(5));

  alarms.load([structuredClone(model), alarmModel([lettersWaiting], { name: 'new' })], []);

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
  alarms.load([alarmModel([lettersWaiting])], ['app-dev-job-dlq']);

  alarms.start();
  await settle();
  alarms.stop();

  expect(errors).toEqual([new Error('no such topic')]);
  expect(alarms.states()).toMatchObject([{ state: 'ALARM' }]);
});
