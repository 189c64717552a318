import { expect, test } from 'vitest';
import { readAlarm } from '../../lib/channels/alarm.ts';
import { DAY, HOUR, MINUTE, milliseconds } from '../../lib/units.ts';
import { type AlertServer, startAlertServer } from './alert-server.ts';
import { DeliveryWorld } from './delivery-world.ts';
import { FAILED_AT } from './notices.ts';

/** As CloudWatch publishes it. */
const alarm = (name: string, state: 'ALARM' | 'OK' | 'INSUFFICIENT_DATA', more: object = {}): string =>
  JSON.stringify({
    AlarmName: name,
    AlarmDescription: `Runs of report have failed for good: their messages lie in shop-prod-report-dlq. Look first at a message's attributes.`,
    AWSAccountId: '111122223333',
    NewStateValue: state,
    NewStateReason: 'Threshold Crossed: 1 datapoint [3.0 (02/03/27 00:59:00)] was greater than the threshold (0.0).',
    StateChangeTime: '2027-03-02T01:00:04.123+0000',
    Region: 'EU (Stockholm)',
    AlarmArn: `arn:aws:cloudwatch:eu-north-1:111122223333:alarm:${name}`,
    OldStateValue: 'OK',
    ...more,
  });

interface Sent {
  readonly subject: string;
  readonly text: string;
  readonly story: string;
  readonly isOver: boolean;
}

async function setup({ email = false } = {}) {
  const server = await startAlertServer(() => ({ status: 200 }));
  const mails: string[] = [];
  const world = new DeliveryWorld({
    secrets: { '/hook': server.url },
    channels: { webhook: { url: { ssm: '/hook' } }, ...(email ? { email: true } : {}) },
    mail: async ({ subject }) => void mails.push(subject),
  });
  return { world, server, mails };
}

const sentTo = ({ accepted }: AlertServer): readonly Sent[] => accepted.map(({ body }) => JSON.parse(body));

test('an alarm is reported in the words of its description, with where to look', async () => {
  const { world, server } = await setup();
  world.publishRaw(alarm('shop-prod-report-dead-letters', 'ALARM'));

  await world.run();

  const [sent] = sentTo(server);
  expect(sent).toMatchObject({
    subject: '[prod] alarm report-dead-letters rings: Runs of report have failed for good',
    kind: 'alarm',
    story: 'alarm:shop-prod-report-dead-letters',
    since: '2027-03-02T01:00:04.123Z',
    isOver: false,
    links: [
      {
        label: 'Alarm',
        url: 'https://eu-north-1.console.aws.amazon.com/cloudwatch/home?region=eu-north-1#alarmsV2:alarm/shop-prod-report-dead-letters',
      },
    ],
  });
  expect(sent?.text).toContain("Look first at a message's attributes.");
  expect(sent?.text).toContain('CloudWatch  Threshold Crossed: 1 datapoint');
});

test('the end of an alarm is reported once, as the end of the same story', async () => {
  const { world, server } = await setup();
  world.publishRaw(alarm('shop-prod-undelivered', 'ALARM'));
  await world.run(milliseconds(MINUTE));

  world.publishRaw(alarm('shop-prod-undelivered', 'OK', { StateChangeTime: '2027-03-02T01:10:00.000+0000' }));
  world.publishRaw(alarm('shop-prod-undelivered', 'OK', { StateChangeTime: '2027-03-02T01:20:00.000+0000' }));
  await world.run();

  expect(sentTo(server)).toHaveLength(2);
  expect(sentTo(server)[1]).toMatchObject({
    subject: '[prod] alarm undelivered is over',
    story: 'alarm:shop-prod-undelivered',
    since: '2027-03-02T01:00:04.123Z',
    isOver: true,
  });
});

test.each([
  ['shop-prod-report-failed', 'failed:report'],
  ['shop-prod-report-dead-letters', 'failed:report'],
  ['shop-prod-report-dead-letters', 'dead-letters:report'],
  ['shop-prod-runs-failed', 'failed:report'],
  ['shop-prod-runs-missed', 'missed:nightly'],
  ['shop-prod-runs-missed', 'disabled:nightly'],
  ['shop-prod-runs-waiting', 'waiting:report'],
  ['shop-prod-report-slow', 'slow:report/2027-03-02T01:00Z/nightly'],
  ['shop-prod-undelivered', 'dead-letters:undelivered'],
])('the alarm %s is part of the open story %s: neither its ring nor its end is sent', async (name, story) => {
  const { world, server } = await setup();
  world.log.stories.set(story, FAILED_AT);
  world.publishRaw(alarm(name, 'ALARM'));
  await world.run(milliseconds(MINUTE));

  world.log.stories.clear();
  world.publishRaw(alarm(name, 'OK'));
  await world.run();

  expect(server.received).toEqual([]);
  expect(world.waiting).toBe(0);
});

test.each([
  ['shop-prod-report-failed', 'failed:report-eu'],
  ['shop-prod-report-eu-failed', 'failed:report'],
  ['shop-prod-report-slow', 'failed:report'],
  ['shop-prod-report-slow', 'slow:report-eu/2027-03-02T01:00Z/nightly'],
  ['shop-prod-watchdog-silent', 'failed:report'],
  ['shop-prod-runs-missed', 'failed:report'],
  ['shop-prod-undelivered', 'failed:report'],
  ['other-prod-report-failed', 'failed:report'],
])('the alarm %s is not part of the story %s', async (name, story) => {
  const { world, server } = await setup();
  world.log.stories.set(story, FAILED_AT);
  world.publishRaw(alarm(name, 'ALARM'));

  await world.run();

  expect(server.received).toHaveLength(1);
});

test('an alarm that rings for what is over by then is part of it, and one that rings much later is not', async () => {
  const { world, server } = await setup();
  await world.log.noteOver({ story: 'failed:report', since: FAILED_AT }, FAILED_AT);
  world.publishRaw(alarm('shop-prod-runs-failed', 'ALARM', { StateChangeTime: '2027-03-02T01:30:00.000+0000' }));
  await world.run(milliseconds(MINUTE));
  expect(server.received).toEqual([]);

  world.publishRaw(alarm('shop-prod-report-failed', 'ALARM', { StateChangeTime: '2027-03-02T02:30:00.000+0000' }));
  await world.run();

  expect(server.received).toHaveLength(1);
});

test('an alarm that was reported is still the same when its notification comes again after a story has begun', async () => {
  const server = await startAlertServer(() => ({ status: server.received.length === 1 ? 500 : 200 }));
  const world = new DeliveryWorld({
    secrets: { '/hook': server.url },
    channels: { webhook: { url: { ssm: '/hook' } } },
  });
  world.publishRaw(alarm('shop-prod-report-failed', 'ALARM'));
  await world.run(milliseconds(1));

  world.log.stories.set('failed:report', FAILED_AT);
  await world.run();

  expect(server.accepted).toHaveLength(1);
});

test('an alarm that rings again by way of INSUFFICIENT_DATA is no news until a day has passed', async () => {
  const { world, server } = await setup();
  const ringAt = async (time: string) => {
    world.publishRaw(alarm('shop-prod-undelivered', 'ALARM', { StateChangeTime: time }));
    await world.run(milliseconds(HOUR));
  };

  await ringAt('2027-03-02T01:00:00.000+0000');
  await ringAt('2027-03-02T05:00:00.000+0000');
  expect(server.accepted).toHaveLength(1);
  await ringAt('2027-03-03T02:00:00.000+0000');

  expect(server.accepted).toHaveLength(2);
});

test('the end of an alarm that was not reported is not sent, and an alarm without data neither', async () => {
  const { world, server } = await setup();
  world.publishRaw(alarm('shop-prod-undelivered', 'OK'));
  world.publishRaw(alarm('shop-prod-undelivered', 'INSUFFICIENT_DATA'));

  await world.run();

  expect(server.received).toEqual([]);
});

test.each(['watchdog-silent', 'alerts-failed', 'alerts-dead-letters', 'alerts-events-late'])(
  'the alarm %s sends its mail itself, and goes to the other channels',
  async (about) => {
    const { world, server, mails } = await setup({ email: true });
    world.publishRaw(alarm(`shop-prod-${about}`, 'ALARM'));

    await world.run();

    expect(server.accepted).toHaveLength(1);
    expect(mails).toEqual([]);
  },
);

test('that of a job whose name ends alike is mailed', async () => {
  const { world, mails } = await setup({ email: true });
  world.publishRaw(alarm('shop-prod-send-alerts-failed', 'ALARM'));

  await world.run();

  expect(mails).toHaveLength(1);
});

test('any other alarm is mailed', async () => {
  const { world, mails } = await setup({ email: true });
  world.publishRaw(alarm('shop-prod-report-failed', 'ALARM'));

  await world.run();

  expect(mails).toEqual(['[prod] alarm report-failed rings: Runs of report have failed for good']);
});

test('without the table an alarm is sent', async () => {
  const { world, server } = await setup();
  const fail = async () => {
    throw new Error('no table');
  };
  world.log = Object.assign(Object.create(world.log), { alarm: fail, noteAlarm: fail, findStory: fail });
  world.publishRaw(alarm('shop-prod-report-failed', 'ALARM'));

  await world.run(milliseconds(DAY));

  expect(server.accepted).toHaveLength(1);
});

test.each([
  ['arn:aws-cn:cloudwatch:cn-north-1:1:alarm:a', 'https://cn-north-1.console.amazonaws.cn/cloudwatch/'],
  [
    'arn:aws-us-gov:cloudwatch:us-gov-west-1:1:alarm:a',
    'https://us-gov-west-1.console.amazonaws-us-gov.com/cloudwatch/',
  ],
])('the link of %s leads to the console of its partition', async (AlarmArn, start) => {
  const { world, server } = await setup();
  world.publishRaw(alarm('a', 'ALARM', { AlarmArn }));

  await world.run();

  expect(server.accepted[0]?.body).toContain(start);
});

test('what only looks like an alarm is none', () => {
  expect(readAlarm({ message: '{"AlarmName":1,"NewStateValue":"ALARM"}', at: FAILED_AT })).toBeUndefined();
  expect(readAlarm({ message: 'shop-prod-report-failed in ALARM', at: FAILED_AT })).toBeUndefined();
});
