import { describe, expect, test } from 'vitest';
import type { Subscriptions } from '../../lib/watchdog/state.ts';
import type { TestApp } from '../support/watchdog/app.ts';
import { createWatchdogHarness } from '../support/watchdog/harness.ts';

/** A deployment whose topic has these subscriptions; `undefined` while SNS does not answer. */
async function setup(subscriptions: Subscriptions | undefined, channels: TestApp['channels'] = {}) {
  const harness = createWatchdogHarness({ start: '2027-03-02T01:50:30Z', schedules: {}, channels });
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
    const state = (await harness.store.loadState())?.subscriptions;
    expect(state?.foundAt).toBeLessThan(Date.parse('2027-03-02T02:00:00Z'));
    expect(state?.askedAt).toBeGreaterThan(Date.parse('2027-03-02T02:30:00Z'));
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

describe('that no one receives mails', () => {
  const MAIL = { mailTopic: 'app-dev-mail' } as const;
  const BOTH = { ...MAIL, hasOtherChannels: true } as const;
  const NO_ONE: Subscriptions = { confirmed: 0, pending: 2 };
  const ONE: Subscriptions = { confirmed: 1, pending: 1 };

  test('is one alert to the other channels, and one when an address has confirmed', async () => {
    const { harness, topic } = await setup(NO_ONE, BOTH);
    await harness.advanceTo('2027-03-02T04:30:00Z');
    expect(harness.alerts.map(({ subject }) => subject)).toEqual([
      '[dev] no one receives mails: app-dev-mail has no confirmed subscription, and 2 that wait to be confirmed',
    ]);
    expect(harness.alerts[0]?.facts).toMatchObject({ kind: 'no-subscriber', story: 'no-subscriber' });
    expect(harness.alerts[0]?.body).toContain(
      'aws sns subscribe --topic-arn arn:aws:sns:eu-north-1:1:app-dev-mail --protocol email --notification-endpoint <address> --region eu-north-1',
    );
    expect(harness.alertedAt[0]).toBeLessThan(Date.parse('2027-03-02T01:53:00Z'));

    topic.subscriptions = ONE;
    await harness.advanceTo('2027-03-02T06:00:00Z');

    expect(harness.alerts).toHaveLength(2);
    expect(harness.alerts[1]?.facts).toMatchObject({ story: 'no-subscriber', isOver: true });
    expect(await harness.alertStore.stories()).toEqual([]);
  });

  test('is asked at once of a topic that takes the place of another', async () => {
    const { harness, asked } = await setup(ONE, BOTH);
    await harness.advanceTo('2027-03-02T02:00:00Z');
    const state = await harness.store.loadState();
    if (state?.subscriptions === undefined) throw new Error('not asked');
    await harness.store.saveState({
      ...state,
      version: state.version + 1,
      subscriptions: { ...state.subscriptions, mailTopic: 'app-dev-other' },
    });

    await harness.advanceTo('2027-03-02T02:02:00Z');

    expect(asked).toHaveLength(2);
  });

  test('is repeated after a day', async () => {
    const { harness } = await setup(NO_ONE, BOTH);

    await harness.advanceTo('2027-03-03T02:30:00Z');

    expect(harness.alerts.map(({ subject }) => subject.slice(0, 15))).toEqual(['[dev] no one re', '[dev] still: no']);
  });

  test('is neither there nor over while SNS does not answer', async () => {
    const { harness, topic } = await setup(undefined, BOTH);
    await harness.advanceTo('2027-03-02T02:30:00Z');
    expect(harness.alerts).toEqual([]);
    topic.subscriptions = NO_ONE;
    await harness.advanceTo('2027-03-02T03:30:00Z');
    expect(harness.alerts).toHaveLength(1);

    topic.subscriptions = undefined;
    await harness.advanceTo('2027-03-02T08:30:00Z');

    expect(harness.alerts).toHaveLength(1);
    expect(await harness.alertStore.stories()).toMatchObject([{ key: 'no-subscriber' }]);
  });

  test.each([
    ['no other channel', MAIL, NO_ONE],
    ['a confirmed address', BOTH, ONE],
    ['no addresses', { hasOtherChannels: true } as const, ONE],
  ])('is not said of a stage with %s', async (_what, channels, subscriptions) => {
    const { harness } = await setup(subscriptions, channels);

    await harness.advanceTo('2027-03-02T04:30:00Z');

    expect(harness.alerts).toEqual([]);
  });
});
