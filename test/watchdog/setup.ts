import type { TestApp, TestSchedule } from '../support/watchdog/app.ts';
import { createWatchdogHarness } from '../support/watchdog/harness.ts';

export const every = (minutes: number): TestSchedule => ({ expressions: [`cron(0/${minutes} * * * ? *)`] });
export const appOf = (ten: TestSchedule): TestApp => ({ schedules: { ten } });
export const NONE: TestApp = { schedules: {} };

/** An app whose messages are all lost: what the watchdog expects is missed. */
export async function setup(app: TestApp = NONE, until = '2027-03-02T01:55:30Z') {
  const harness = createWatchdogHarness({ start: '2027-03-02T01:50:30Z', ...app });
  harness.circumstances.fires = () => undefined;
  await harness.advanceTo(until);
  return {
    harness,
    /** `02:00` of each due time that was missed. */
    missed: () =>
      harness
        .story()
        .filter((line) => line.endsWith('missed'))
        .map((line) => line.slice(18, 23)),
    why: () => harness.alerts.at(-1)?.body ?? '',
  };
}
