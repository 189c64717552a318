import { expect, test } from 'vitest';
import { alarmModel, math } from './models.ts';
import { after, setup } from './setup.ts';

test('metric math counts a missing term as 0, and has no value where all are missing, unless they are filled', async () => {
  const missing = { treatMissingData: 'missing' };
  const { alarms, clock, stateNow } = setup([
    alarmModel(math('throttles - errors'), missing),
    alarmModel(math('errors + 5'), missing),
    alarmModel(math('5 / throttles'), missing),
    alarmModel(math('(FILL(errors, 3) - 1) * 2 / 4'), { ...missing, threshold: 0.9, comparison: 'LessThanThreshold' }),
  ]);
  const atFirst = stateNow();

  alarms.countInvocation('app-dev-job', { kind: 'throttled', reason: 'busy', at: clock.now() });
  await clock.advanceBy(after(5));

  const none = 'INSUFFICIENT_DATA';
  expect(atFirst).toEqual([none, none, none, 'OK']);
  expect(stateNow()).toEqual(['ALARM', none, 'ALARM', 'OK']);
  expect(alarms.states()[3]?.reason).toContain('[1.0]');
});

test('metric math drops a data point that divides by zero', async () => {
  const { clock, stateNow, fail } = setup([alarmModel(math('errors / throttles'), { treatMissingData: 'missing' })]);

  // A failed invocation is none that was throttled.
  fail();
  await clock.advanceBy(after(5));

  expect(stateNow()).toEqual(['INSUFFICIENT_DATA']);
});
