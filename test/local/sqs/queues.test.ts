import { expect, test } from 'vitest';
import { HOUR, milliseconds, SECOND, seconds } from '../../../lib/units.ts';
import { startCloud } from '../support/cloud.ts';

const attributes = { kind: { DataType: 'String', StringValue: 'test' } };
const now = { max: 10, wait: milliseconds(0) };

async function setup() {
  const cloud = await startCloud();
  const deadLetters = cloud.queues.ensure({ QueueName: 'dead-letters' }).arn;
  const definition = {
    QueueName: 'jobs',
    VisibilityTimeout: 30,
    RedrivePolicy: { deadLetterTargetArn: deadLetters, maxReceiveCount: 5 },
  };
  const { arn } = cloud.queues.ensure(definition);
  return { ...cloud, arn, definition };
}

test('a queue is found by its ARN as by its name', async () => {
  const { queues, arn } = await setup();

  const id = await queues.send(arn, 'hello', { attributes });

  expect(await queues.receive('jobs', now)).toMatchObject([{ id, body: 'hello', attributes, receiveCount: 1 }]);
});

test('an unknown queue is an error that names it', async () => {
  const { queues } = await setup();

  await expect(queues.receive('nothing', now)).rejects.toMatchObject({ code: 'UNKNOWN_QUEUE', queue: 'nothing' });
});

test('a message that SQS would refuse is refused with its code', async () => {
  const { queues } = await setup();

  const sending = queues.send('jobs', 'x'.repeat(1024 * 1024 + 1));

  await expect(sending).rejects.toMatchObject({ code: 'MESSAGE_REFUSED', awsCode: 'InvalidParameterValue' });
});

test('nothing ticks while a consumer waits at an idle queue', async () => {
  const { queues, clock } = await setup();

  const waiting = queues.receive('jobs', { max: 1, wait: HOUR });

  expect(clock.timers).toBe(1); // the end of the wait
  clock.advance(HOUR);
  expect(await waiting).toEqual([]);
  expect(clock.timers).toBe(0);
});

test('of two that wait, one gets the message and the other waits on', async () => {
  const { queues, clock } = await setup();
  const both = [1, 2].map(() => queues.receive('jobs', { max: 10, wait: HOUR }));

  await queues.send('jobs', 'one');
  const first = await Promise.race(both);
  clock.advance(20 * SECOND);
  await queues.send('jobs', 'two');

  expect(first.map((message) => message.body)).toEqual(['one']);
  expect(
    (await Promise.all(both))
      .flat()
      .map((message) => message.body)
      .sort(),
  ).toEqual(['one', 'two']);
});

test('an aborted wait receives nothing', async () => {
  const { queues, clock } = await setup();
  const stop = new AbortController();
  const waiting = queues.receive('jobs', { max: 1, wait: HOUR, signal: stop.signal });

  stop.abort();

  expect(await waiting).toEqual([]);
  expect(clock.timers).toBe(0);
});

test('closing ends all waiting', async () => {
  const { queues, close } = await setup();
  const waiting = queues.receive('jobs', { max: 1, wait: HOUR });

  await close();

  expect(await waiting).toEqual([]);
});

test('a visibility can be chosen, changed and ended by deletion', async () => {
  const { queues, clock } = await setup();
  await queues.send('jobs', 'hello');
  const [message] = await queues.receive('jobs', { ...now, visibility: seconds(60) });
  const handle = message?.receiptHandle ?? '';
  clock.advance(59 * SECOND);

  const changed = queues.changeVisibility('jobs', handle, seconds(10));
  clock.advance(9 * SECOND);
  const hidden = await queues.receive('jobs', now);
  const deleted = queues.delete('jobs', handle);

  expect([changed, hidden, deleted]).toEqual([true, [], true]);
  expect(queues.counts('jobs')).toMatchObject({ visible: 0, inFlight: 0 });
});

test('the age of the oldest message counts one in flight, but none received three times', async () => {
  const { queues, clock } = await setup();
  await queues.send('jobs', 'poison');
  clock.advance(10 * SECOND);
  await queues.send('jobs', 'healthy');
  const age = () => queues.counts('jobs').oldestAgeSeconds;

  await queues.receive('jobs', { ...now, max: 1, visibility: seconds(0) });
  await queues.receive('jobs', { ...now, max: 1, visibility: seconds(0) });
  const before = age();
  await queues.receive('jobs', { ...now, max: 1 });
  clock.advance(5 * SECOND);

  expect(before).toBe(10);
  expect(age()).toBe(5);
});

test('the age of a dead letter counts from its move', async () => {
  const { queues, clock, definition } = await setup();
  const RedrivePolicy = { ...definition.RedrivePolicy, maxReceiveCount: 1 };
  queues.ensure({ ...definition, RedrivePolicy });
  await queues.send('jobs', 'poison');
  clock.advance(HOUR);
  await queues.receive('jobs', { ...now, visibility: seconds(0) });
  await queues.receive('jobs', now);
  clock.advance(7 * SECOND);

  expect(queues.counts('dead-letters')).toMatchObject({ visible: 1, oldestAgeSeconds: 7 });
});

test('a queue defined again keeps its messages and takes the new attributes', async () => {
  const { queues, definition, clock } = await setup();
  await queues.send('jobs', 'hello');

  queues.ensure({ ...definition, VisibilityTimeout: 5 });
  await queues.receive('jobs', now);
  clock.advance(5 * SECOND);

  expect(queues.counts('jobs')).toMatchObject({ visible: 1 });
});

test('every change of a message is told, a look is not', async () => {
  const { queues, changes } = await setup();
  const count = async (act: () => unknown) => {
    const before = changes.count;
    await act();
    return changes.count - before;
  };

  expect(await count(() => queues.send('jobs', 'hello'))).toBe(1);
  expect(await count(() => queues.receive('jobs', now))).toBe(1);
  expect(await count(() => queues.receive('jobs', now))).toBe(0);
  expect(await count(() => queues.counts('jobs'))).toBe(0);
});
