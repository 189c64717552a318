import { expect, onTestFinished, test } from 'vitest';
import type { AlarmModel } from '../../../lib/local/assembly/index.ts';
import { type AlarmChange, createAlarms, createJobNames } from '../../../lib/local/cloudwatch/index.ts';
import type { InvocationResult } from '../../../lib/local/lambda/workers/index.ts';
import type { Manifest } from '../../../lib/manifest.ts';
import { formatMetrics } from '../../../lib/observe/metrics.ts';
import { milliseconds } from '../../../lib/units.ts';
import { minutes } from '../../support/requests.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { WallClock } from '../scheduler/wall-clock.ts';
import { alarmModel, belfryMetric, watchdogSilent } from './models.ts';

const job = (name: string) => ({ name, resources: { function: `app-dev-${name}` } });
const manifest = { jobs: [job('report')], watchdog: job('watchdog') } as unknown as Manifest;

function setup(models: readonly AlarmModel[]) {
  const clock = new VirtualClock('2027-03-02T02:00:00Z');
  const wall = new WallClock(clock);
  const changes: AlarmChange[] = [];
  const alarms = createAlarms({
    clock: wall,
    region: 'us-east-1',
    levelsOf: () => ({ visible: 0, inFlight: 0, delayed: 0, oldestAgeSeconds: 0 }),
    notify: async () => {},
    jobOf: createJobNames(manifest),
    observer: { onChange: (change) => changes.push(change) },
  });
  alarms.load(models, []);
  alarms.start();
  onTestFinished(() => alarms.stop());
  const emit = (job: string, values: Parameters<typeof formatMetrics>[3]) =>
    alarms.readLine(formatMetrics('app-dev', job, wall.now(), values), wall.now());
  const invoke = (kind: 'succeeded' | 'failed') => {
    const facts = {
      requestId: 'r',
      logStream: 's',
      endedAt: wall.now(),
      duration: milliseconds(50),
      isColdStart: false,
    };
    const error = { type: 'NoPassError', message: 'no pass', trace: [] };
    const result: InvocationResult = kind === 'failed' ? { ...facts, kind, error } : { ...facts, kind, payload: null };
    alarms.countInvocation('app-dev-watchdog', result);
  };
  const watchdogRuns = () => invoke('succeeded');
  const watchdogRunsFor = async (count: number) => {
    for (let minute = 1; minute <= count; minute++) {
      await clock.advanceBy(minutes(1));
      watchdogRuns();
    }
  };
  return {
    clock,
    wall,
    alarms,
    emit,
    invoke,
    watchdogRuns,
    watchdogRunsFor,
    moves: () => changes.map(({ from, to }) => `${from} → ${to}`),
  };
}

test('an alarm on silence has no state until it has listened as long as it evaluates', async () => {
  const { clock, alarms } = setup([watchdogSilent]);

  await clock.advanceTo('2027-03-02T02:14:55Z');
  const before = alarms.states();
  await clock.advanceTo('2027-03-02T02:15:00Z');

  expect(before).toMatchObject([{ name: 'app-dev-watchdog-silent', job: 'watchdog', state: 'INSUFFICIENT_DATA' }]);
  expect(alarms.states()).toMatchObject([{ job: 'watchdog', state: 'ALARM' }]);
  expect(alarms.states()[0]?.reason).toBe(
    'Threshold Crossed: 3 out of the last 3 datapoints [0.0, 0.0, 0.0] were less than the threshold (1.0).',
  );
});

test('the first word ends the wait, however short it was', async () => {
  const { clock, watchdogRuns, moves } = setup([watchdogSilent]);

  await clock.advanceTo('2027-03-02T02:01:00Z');
  watchdogRuns();
  await clock.advanceTo('2027-03-02T02:01:05Z');

  expect(moves()).toEqual(['INSUFFICIENT_DATA → OK']);
});

test('rings a quarter of an hour after the last word, and is OK at the next', async () => {
  const { clock, watchdogRuns, watchdogRunsFor, moves, alarms } = setup([watchdogSilent]);
  await watchdogRunsFor(20);

  await clock.advanceTo('2027-03-02T02:34:55Z');
  const before = moves();
  await clock.advanceTo('2027-03-02T02:35:00Z');
  const rung = alarms.states();
  watchdogRuns();
  await clock.advanceBy(minutes(1));

  expect(before).toEqual(['INSUFFICIENT_DATA → OK']);
  expect(rung).toMatchObject([{ state: 'ALARM' }]);
  expect(moves().at(-1)).toBe('ALARM → OK');
});

test('an invocation that fails is no word of the watchdog', async () => {
  const { clock, invoke, watchdogRunsFor, moves } = setup([watchdogSilent]);
  await watchdogRunsFor(20);

  for (let minute = 0; minute < 15; minute++) {
    await clock.advanceBy(minutes(1));
    invoke('failed');
  }

  expect(moves()).toEqual(['INSUFFICIENT_DATA → OK', 'OK → ALARM']);
});

test.each([
  ['a night that the machine slept through', minutes(8 * 60)],
  ['a clock that was set back', minutes(-8 * 60)],
])('%s is no silence', async (_case, leap) => {
  const { clock, wall, watchdogRunsFor, moves } = setup([watchdogSilent]);
  await watchdogRunsFor(20);
  await clock.advanceBy(minutes(1));

  wall.ahead = leap;
  await clock.advanceBy(minutes(14));
  const awake = moves();
  await clock.advanceBy(minutes(20));

  expect(awake).toEqual(['INSUFFICIENT_DATA → OK']);
  expect(moves().at(-1)).toBe('OK → ALARM');
});

test('an alarm that came with a reload listens from then on', async () => {
  const { clock, alarms } = setup([]);
  await clock.advanceBy(minutes(30));

  alarms.load([watchdogSilent], []);
  await clock.advanceBy(minutes(14));

  expect(alarms.states()).toMatchObject([{ state: 'INSUFFICIENT_DATA' }]);
});

test('a missed due time rings the alarm of its deployment, whichever job it is of', async () => {
  const missed = belfryMetric('RunsMissed', { Deployment: 'app-dev' });
  const { clock, alarms, emit } = setup([alarmModel([missed], { name: 'app-dev-runs-missed' })]);

  emit('report', { runsMissed: 1 });
  await clock.advanceBy(minutes(1));

  expect(alarms.states()).toMatchObject([{ name: 'app-dev-runs-missed', job: null, state: 'ALARM' }]);
});
