import { describe, expect, test } from 'vitest';
import type { Subscriptions } from '../../lib/watchdog/state.ts';
import { createWatchdogHarness } from '../support/watchdog/harness.ts';

/** A deployment whose topic has these subscriptions; `undefined` while SNS does not answer. */
async function setup(subscriptions: Subscriptions | undefined) {
  const harness = createWatchdogHarness({ start: '2027-03-02T01:50:30Z', schedules: {} });
  const asked: number[] = [];
  const topic = { subscriptions };
  harness.circumstances.between = (ports) => ({
    ...ports,
    async countSubscriptions() {
      asked.push(harness.now);
      if (topic.subscriptions === undefined) throw new Error('no answer');
      return topic.subscriptions;
    },
  });
  const warnings = () => harness.logged.filter(({ event }) => event === 'no-subscriber').map(({ fields }) => fields);
  const found = () => harness.passes.at(-1)?.result?.subscriptions;
  return { harness, asked, topic, warnings, found };
}

describe('who receives alerts', () => {
  test('is asked once an hour, and is part of the result of each pass', async () => {
    const { harness, asked, warnings, found } = await setup({ confirmed: 2, pending: 1 });

    await harness.advanceTo('2027-03-02T04:00:00Z');

    expect(asked).toHaveLength(3);
    expect(found()).toEqual({ confirmed: 2, pending: 1 });
    expect(warnings()).toEqual([]);
  });

  test('is no one: that is a warning in the log each hour, and no alert, which would reach no one', async () => {
    const { harness, warnings, found } = await setup({ confirmed: 0, pending: 1 });

    await harness.advanceTo('2027-03-02T03:30:00Z');

    expect(warnings()).toEqual([
      { reason: 'no one receives alerts: their topic has no confirmed subscription, and 1 that waits to be confirmed' },
      { reason: expect.any(String) },
    ]);
    expect(found()).toEqual({ confirmed: 0, pending: 1 });
    expect(harness.alerts).toEqual([]);
  });

  test('is not known while SNS does not answer: the last answer counts, and no pass fails', async () => {
    const { harness, topic, warnings, found } = await setup({ confirmed: 1, pending: 0 });
    await harness.advanceTo('2027-03-02T02:00:00Z');
    topic.subscriptions = undefined;

    await harness.advanceTo('2027-03-02T03:30:00Z');

    expect(found()).toEqual({ confirmed: 1, pending: 0 });
    expect(warnings()).toEqual([]);
    expect(harness.passes.every(({ error }) => error === undefined)).toBe(true);
  });

  test('is not asked where there are no subscriptions, as on the embedded cloud', async () => {
    const harness = createWatchdogHarness({ start: '2027-03-02T01:50:30Z', schedules: {} });

    await harness.advanceTo('2027-03-02T02:30:00Z');

    expect(harness.passes.at(-1)?.result?.subscriptions).toBeNull();
    expect(harness.logged).toEqual([]);
  });
});
