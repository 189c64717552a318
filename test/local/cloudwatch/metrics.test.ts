import { expect, test } from 'vitest';
import { readEmbeddedMetrics } from '../../../lib/local/cloudwatch/embedded-metrics.ts';
import { MetricStore, type Statistic } from '../../../lib/local/cloudwatch/metric-store.ts';
import { epochMs, milliseconds } from '../../../lib/units.ts';

const NOW = epochMs(Date.UTC(2027, 2, 2, 2));
const series = { namespace: 'Belfry', name: 'RunDuration', dimensions: { Job: 'job' } };

const embedded = (directives: unknown, values: object, timestamp: number | undefined = NOW) =>
  JSON.stringify({ _aws: { Timestamp: timestamp, CloudWatchMetrics: directives }, ...values });

test('reads every value of every metric once for each set of dimensions', () => {
  const line = embedded(
    [
      {
        Namespace: 'Shop',
        Dimensions: [['Service'], ['Service', 'Region'], []],
        Metrics: [{ Name: 'Latency', Unit: 'Milliseconds' }, { Name: 'Absent' }],
      },
    ],
    { Service: 'cart', Region: 'eu', Latency: [1, 2] },
  );

  const samples = readEmbeddedMetrics(line, epochMs(0));

  expect(samples.map(({ dimensions, value, at }) => [dimensions, value, at])).toEqual([
    [{ Service: 'cart' }, 1, NOW],
    [{ Service: 'cart' }, 2, NOW],
    [{ Service: 'cart', Region: 'eu' }, 1, NOW],
    [{ Service: 'cart', Region: 'eu' }, 2, NOW],
    [{}, 1, NOW],
    [{}, 2, NOW],
  ]);
});

test.each([
  ['no JSON', 'START "_aws"'],
  ['other JSON', '{"level":"INFO"}'],
  ['no list', '{"_aws":{"CloudWatchMetrics":5}}'],
  ['no object', '"_aws"'],
  [
    'values that are no numbers',
    embedded([{ Namespace: 'N', Dimensions: [[]], Metrics: [{ Name: 'M' }] }], { M: 'x' }),
  ],
  ['a metric without a name', embedded([{ Namespace: 'N', Dimensions: [[]], Metrics: [null, {}] }], {})],
])('a line is only a line when it breaks the format: %s', (_case, line) => {
  expect(readEmbeddedMetrics(line, NOW)).toEqual([]);
});

test('computes each statistic over the values of a window, whatever order they came in', () => {
  const store = new MetricStore();
  for (const [offset, value] of [
    [-1000, 4],
    [-3000, 1],
    [-2000, 10],
    [-1000, 5],
    [-60_000, 99],
  ] as const) {
    store.record({ ...series, value, at: epochMs(NOW + offset) });
  }

  const window = { from: epochMs(NOW - 60_000), to: NOW };
  const compute = (statistic: Statistic) => store.compute(series, statistic, window);

  expect([compute('Sum'), compute('Average'), compute('Minimum'), compute('Maximum'), compute('SampleCount')]).toEqual([
    20, 5, 1, 10, 4,
  ]);
});

test('has no value where there are no data', () => {
  const store = new MetricStore();

  expect(store.compute(series, 'Sum', { from: epochMs(0), to: NOW })).toBeUndefined();
});

test('forgets what no alarm can see any more', () => {
  const store = new MetricStore();
  store.record({ ...series, value: 1, at: epochMs(NOW - 60_000) });
  store.record({ ...series, value: 2, at: NOW });
  store.record({ ...series, name: 'Old', value: 2, at: epochMs(NOW - 60_000) });

  store.prune(NOW, milliseconds(60_000));

  expect(store.compute(series, 'Sum', { from: epochMs(0), to: NOW })).toBe(2);
  expect(store.size).toBe(1);
});
