import { expect, test } from 'vitest';
import { alarmModel, deadLettersWaiting } from './models.ts';
import { after, noMessages, setup } from './setup.ts';

const model = alarmModel([deadLettersWaiting]);
const levels = [['app-dev-job-dlq', { ...noMessages, visible: 1 }]] as const;

/** Alarms of a process that ended while a dead letter lay in its queue. */
async function rung() {
  const { clock, saved, published } = setup([model], { levels });
  await clock.advanceBy(after(10));
  expect(published).toMatchObject([{ message: { NewStateValue: 'ALARM' } }]);
  return saved.at(-1);
}

test('at a restart, an alarm that rang and has its reason still does not ring again', async () => {
  const { clock, changes, published, stateNow } = setup([model], { saved: await rung(), levels });
  await clock.advanceBy(after(60));

  expect(stateNow()).toEqual(['ALARM']);
  expect(changes).toEqual([]);
  expect(published).toEqual([]);
});

test('at a restart, an alarm is OK when the reason is gone, and rings for the next one', async () => {
  const { clock, levels: now, changes } = setup([model], { saved: await rung() });
  await clock.advanceBy(after(60));
  now.set('app-dev-job-dlq', { ...noMessages, visible: 1 });
  await clock.advanceBy(after(5));

  expect(changes).toMatchObject([
    { from: 'ALARM', to: 'OK' },
    { from: 'OK', to: 'ALARM' },
  ]);
});

test('at a restart, an alarm that is defined otherwise now begins anew', async () => {
  const changed = { ...model, description: 'Look elsewhere.' };
  const { published } = setup([changed], { saved: await rung(), levels });

  expect(published).toMatchObject([{ message: { OldStateValue: 'INSUFFICIENT_DATA', NewStateValue: 'ALARM' } }]);
});

test.each([[undefined], ['text'], [{ v: 2, alarms: {} }], [{ v: 1, alarms: { 'app-dev-alarm': { state: 'LOUD' } } }]])(
  'saved states that are none are passed over: %j',
  (saved) => {
    const { changes } = setup([model], { saved });

    expect(changes).toMatchObject([{ from: 'INSUFFICIENT_DATA', to: 'OK' }]);
  },
);

test('what was saved of alarms that are not loaded now is kept', async () => {
  const earlier = await rung();

  const { saved } = setup([{ ...model, name: 'another' }], { saved: earlier, levels });

  expect(Object.keys(saved.at(-1)?.alarms ?? {})).toEqual(['app-dev-alarm', 'another']);
});
