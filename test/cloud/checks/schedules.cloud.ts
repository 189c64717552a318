import { ulid } from 'ulid';
import { expect } from 'vitest';
import { check, cloud } from '../support/check.ts';
import { CheckSchedules, dueSoon, newName, once } from '../support/schedules.ts';

const schedules = new CheckSchedules(cloud);
const MINUTE_MS = 60_000;

/** A due time is at most two minutes off, and EventBridge fires within the minute. */
const FIRED_WITHIN_S = 200;

check('a due time of a schedule leaves one completed record', async () => {
  const due = dueSoon(cloud).toISOString();
  const run = `probe-due/${due.slice(0, 16)}Z/probe-due`;

  const record = await cloud.reaches(run, 'completed', FIRED_WITHIN_S);

  expect(record).toMatchObject({ trigger: 'schedule', schedule: 'probe-due', attempt: 1 });
  expect(JSON.parse(record['result'])).toEqual({ due });
  expect(await cloud.records('probe-due', due.slice(0, 16))).toHaveLength(1);
});

check('a one-time schedule fires, and is deleted when it has', async () => {
  const { name, run } = await scheduleOnce('UTC');

  await cloud.reaches(run, 'completed', FIRED_WITHIN_S);
  await cloud.eventually('the end of the schedule', () => schedules.isGone(name), 90);
});

check('a schedule is due by the clock of its zone', async () => {
  const { run } = await scheduleOnce('Asia/Kolkata');

  await cloud.reaches(run, 'completed', FIRED_WITHIN_S);
});

check('what a schedule leaves to EventBridge is filled in', async (observe) => {
  const due = dueSoon(cloud);
  const mark = ulid();
  const words = ['schedule-arn', 'scheduled-time', 'execution-id', 'attempt-number'];
  const name = await schedules.create({
    ScheduleExpression: once(due, 'UTC'),
    Target: {
      ...(await schedules.targetOf('undelivered')),
      Input: JSON.stringify({ mark, ...Object.fromEntries(words.map((word) => [word, `<aws.scheduler.${word}>`])) }),
    },
  });
  try {
    const sent = await cloud.receive('undelivered', ({ Body }) => Body?.includes(mark) ?? false, FIRED_WITHIN_S);
    await cloud.delete('undelivered', sent);

    const body = JSON.parse(sent.Body ?? '{}');
    expect(body).toMatchObject({
      'schedule-arn': expect.stringMatching(new RegExp(`:schedule/${cloud.prefix}/${name}$`)),
      'scheduled-time': `${due.toISOString().slice(0, 19)}Z`,
      'attempt-number': '1',
    });
    observe('the second in which a schedule fired', (Number(sent.Attributes?.['SentTimestamp']) % MINUTE_MS) / 1000);
    observe('<aws.scheduler.execution-id>', body['execution-id']);
  } finally {
    await schedules.delete(name);
  }
});

/** Makes a schedule for one of the next minutes, by the clock of a zone. @returns its name, and the run that is to come of it */
async function scheduleOnce(timezone: string): Promise<{ readonly name: string; readonly run: string }> {
  const due = dueSoon(cloud);
  const schedule = newName();
  const message = { v: 1, run: null, job: 'probe-zone', schedule, trigger: 'schedule' };
  const name = await schedules.create({
    ScheduleExpression: once(due, timezone),
    ScheduleExpressionTimezone: timezone,
    ActionAfterCompletion: 'DELETE',
    Target: {
      ...(await schedules.targetOf('probe-zone')),
      Input: JSON.stringify({ ...message, scheduledTime: '<aws.scheduler.scheduled-time>' }),
    },
  });
  return { name, run: `probe-zone/${due.toISOString().slice(0, 16)}Z/${schedule}` };
}
