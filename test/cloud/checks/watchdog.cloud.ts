import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect } from 'vitest';
import { listenToAlerts } from '../support/alert-listener.ts';
import { check, cloud } from '../support/check.ts';
import type { Item } from '../support/cloud.ts';
import { CheckSchedules, dueSoon } from '../support/schedules.ts';

const schedules = new CheckSchedules(cloud);
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A due time is at most two minutes off, and EventBridge fires within the minute. */
const FIRED_WITHIN_S = 200;
/** The suite's watchdog gives a due time one minute, and looks once a minute. */
const MISSED_WITHIN_S = FIRED_WITHIN_S + 150;
/** When the minute after the newest missed one has been looked at, and a queue and a function after that. */
const MADE_UP_WITHIN_S = 300;
/** At the first look after two minutes. */
const SENT_AGAIN_AFTER_MS = 2 * MINUTE_MS;
const SENT_AGAIN_WITHIN_S = 150;

check('a due time that never comes is recorded as missed, and told', async () => {
  const alerts = await listenToAlerts(cloud);
  try {
    await isWatched('probe-watch');
    await schedules.without('probe-watch', async () => {
      const due = dueSoon(cloud);
      const run = runOf('probe-watch', due);

      const { trigger, missedAt } = await cloud.reaches(run, 'missed', MISSED_WITHIN_S);

      expect(trigger).toBe('schedule');
      expect(missedAt).toBeGreaterThanOrEqual(due.getTime() + MINUTE_MS);
      const { subject, message } = await alerts.hears(run, (alert) => alert.message.includes(run));
      expect(subject).toMatch(/ missed: .*\bprobe-watch\b/);
      expect(message).toContain(`EventBridge has no schedule ${cloud.prefix}-probe-watch`);
    });
  } finally {
    await alerts.close();
  }
});

check('a missed due time is made up for by a later run', async () => {
  await isWatched('probe-made-up');
  const since = Date.now();
  await schedules.without('probe-made-up', async () => {
    await cloud.reaches(runOf('probe-made-up', dueSoon(cloud)), 'missed', MISSED_WITHIN_S);
  });

  // Once it fires again: the newest of those that were missed.
  const record = await cloud.eventually('a run that makes up', () => latestMadeUp(since), MADE_UP_WITHIN_S);

  expect(record).toMatchObject({ status: 'completed', schedule: 'probe-made-up', attempt: 1 });
  expect(record['missedAt']).toBeGreaterThanOrEqual(record['scheduledTime'] + MINUTE_MS);
  expect(record['startedAt']).toBeGreaterThanOrEqual(record['missedAt']);
});

check('a message that comes too late is recorded as skipped', async () => {
  const scheduledTime = `${minuteOf(new Date(Date.now() - DAY_MS))}:00Z`;
  const message = { v: 1, run: null, job: 'probe-due', schedule: 'probe-due', scheduledTime, trigger: 'schedule' };

  await cloud.send('probe-due', JSON.stringify(message));

  const record = await cloud.reaches(`probe-due/${scheduledTime.replace(':00Z', 'Z')}/probe-due`, 'skipped');
  expect(record).toMatchObject({ reason: 'too-late', trigger: 'schedule' });
  expect(record).not.toHaveProperty('result');
});

check("a due time on a day of its calendar is recorded as skipped, with the calendar's name", async () => {
  const run = runOf('probe-skipped', dueSoon(cloud));

  const record = await cloud.reaches(run, 'skipped', FIRED_WITHIN_S);

  expect(record).toMatchObject({ reason: 'calendar', calendar: '2099-01-01' });
});

check('a run whose message was lost is sent again', async () => {
  const { run } = cloud.requested('probe-watch');
  await recordRequest(run, Date.now() - SENT_AGAIN_AFTER_MS);

  const record = await cloud.reaches(run, 'completed', SENT_AGAIN_WITHIN_S);

  expect(record).toMatchObject({ trigger: 'manual', attempts: [{ n: 1, cause: 'first', outcome: 'completed' }] });
  expect(record).not.toHaveProperty('openAt');
});

check('the watchdog looks every minute', async () => {
  const first = dueSoon(cloud);
  const second = new Date(first.getTime() + MINUTE_MS);

  for (const due of [first, second]) await cloud.reaches(lookOf(minuteOf(due)), 'completed', FIRED_WITHIN_S);
});

/** `2027-03-02T01:00` */
const minuteOf = (instant: Date): string => instant.toISOString().slice(0, 16);

const runOf = (schedule: string, due: Date): string => `probe-watch/${minuteOf(due)}Z/${schedule}`;

/** The completed run of a missed due time that somebody was late for. */
async function latestMadeUp(since: number): Promise<Item | undefined> {
  const records = await cloud.records('probe-watch', minuteOf(new Date(since)).slice(0, 7));
  return records.findLast(
    ({ schedule, trigger, status, scheduledTime }) =>
      schedule === 'probe-made-up' && trigger === 'catch-up' && status === 'completed' && scheduledTime >= since,
  );
}

const lookOf = (minute: string): string => `watchdog/${minute}Z/watchdog`;

/** Waits until the watchdog has looked at a minute in which the schedule has fired: it expects its due times from then on. */
async function isWatched(schedule: string): Promise<void> {
  const due = dueSoon(cloud);
  await cloud.reaches(runOf(schedule, due), 'completed', FIRED_WITHIN_S);
  await cloud.reaches(lookOf(minuteOf(due)), 'completed', FIRED_WITHIN_S);
}

/** Puts what somebody who asks for a run records before the message is sent. */
async function recordRequest(run: string, at: number): Promise<void> {
  const [job = '', time = '', occasion = ''] = run.split('/');
  const item = {
    pk: `JOB#${job}`,
    sk: `RUN#${time}#${occasion}`,
    ...{ runId: run, job, schedule: null, scheduledTime: Date.parse(time), trigger: 'manual', createdAt: at },
    ...{ status: 'pending', requestedBy: 'a check' },
    ...{ openShard: 'OPEN#3', openAt: `${new Date(at).toISOString()}#${run}` },
  };
  await cloud.dynamodb.send(new PutItemCommand({ TableName: cloud.table, Item: marshall(item) }));
}
