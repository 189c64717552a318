import { expect, test } from 'vitest';
import { createWatchdogHarness } from '../support/watchdog/harness.ts';

const APP = {
  jobs: { report: { retry: { maxAttempts: 1 } } },
  schedules: { hourly: { expressions: ['cron(0 * * * ? *)'] } },
};

async function setup({ bundlesAlerts = false } = {}) {
  const harness = createWatchdogHarness({ start: '2027-03-02T01:50:30Z', bundlesAlerts, ...APP });
  await harness.advanceTo('2027-03-02T01:55:30Z');
  const subjects = () => harness.alerts.map(({ subject }) => subject);
  return { harness, subjects };
}

test('dead letters make one alert within six minutes, and one when they are gone', async () => {
  const { harness, subjects } = await setup();
  harness.deadLetters.set('app-dev-report-dlq', 2);

  await harness.advanceTo('2027-03-02T02:01:30Z');
  expect(subjects()).toEqual(['[dev] report has 2 dead letters']);
  expect(harness.alerts[0]?.facts).toMatchObject({ kind: 'dead-letters', story: 'dead-letters:report', job: 'report' });
  harness.deadLetters.set('app-dev-report-dlq', 3);
  await harness.advanceTo('2027-03-02T02:30:00Z');
  expect(harness.alerts).toHaveLength(1);
  harness.deadLetters.clear();
  await harness.advanceTo('2027-03-02T02:40:00Z');

  expect(subjects()).toEqual(['[dev] report has 2 dead letters', '[dev] over: report has no dead letters any more']);
  expect(harness.alerts[1]?.body).toContain(
    'It had begun as: [dev] report has 2 dead letters\nThe messages were moved back',
  );
  expect(harness.alerts[1]?.facts).toMatchObject({ isOver: true, job: 'report' });
  expect(await harness.alertStore.stories()).toEqual([]);
});

test('dead letters that stay are reported once more each day', async () => {
  const { harness, subjects } = await setup();
  harness.deadLetters.set('app-dev-report-dlq', 2);

  await harness.advanceTo('2027-03-03T02:30:00Z');

  expect(subjects()).toEqual(['[dev] report has 2 dead letters', '[dev] still: report has 2 dead letters']);
  expect(harness.alerts[1]?.body).toContain('This is repeated once a day');
});

test('a queue that cannot be asked has neither new dead letters nor none', async () => {
  const { harness } = await setup();
  harness.deadLetters.set('app-dev-report-dlq', 2);
  await harness.advanceTo('2027-03-02T02:05:00Z');
  harness.circumstances.between = (ports) => ({ ...ports, countMessages: () => Promise.reject(new Error('no queue')) });

  await harness.advanceTo('2027-03-02T02:30:00Z');

  expect(harness.alerts).toHaveLength(1);
  expect(await harness.alertStore.stories()).toMatchObject([{ key: 'dead-letters:report' }]);
});

test('the dead letter of a run that has failed is reported with the failure, and of itself when it stays after the recovery', async () => {
  const { harness, subjects } = await setup({ bundlesAlerts: true });
  harness.circumstances.behaves = () => ({
    does: harness.now < Date.parse('2027-03-02T02:30:00Z') ? 'fail' : 'complete',
    seconds: 5,
  });
  await harness.advanceTo('2027-03-02T02:00:30Z');
  harness.deadLetters.set('app-dev-report-dlq', 1);
  await harness.advanceTo('2027-03-02T02:59:00Z');
  expect(harness.alerts).toHaveLength(1);

  await harness.advanceTo('2027-03-02T03:10:00Z');

  expect(subjects()).toEqual([
    'report/2027-03-02T02:00Z/hourly failed',
    '[dev] over: report has completed a run after 1 that failed',
    '[dev] report has 1 dead letter',
  ]);
  expect(harness.alerts[1]?.body).toContain(
    'Their dead letters are kept in app-dev-report-dlq for 14 days, unless they are moved back',
  );
});

test('an alert of a check that hangs until its process is killed is sent by the next pass', async () => {
  const { harness, subjects } = await setup();
  harness.deadLetters.set('app-dev-report-dlq', 2);
  let isKilled = false;
  harness.circumstances.between = (ports) => ({
    ...ports,
    async alert(message) {
      if (!isKilled) {
        isKilled = true;
        return await new Promise(() => {});
      }
      await ports.alert(message);
    },
  });

  await harness.advanceTo('2027-03-02T02:10:00Z');

  expect(subjects()).toEqual(['[dev] report has 2 dead letters']);
});
