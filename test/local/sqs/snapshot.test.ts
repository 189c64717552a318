import { expect, test } from 'vitest';
import { DAY, milliseconds, SECOND, seconds } from '../../../lib/units.ts';
import { startCloud } from '../support/cloud.ts';

const attributes = { kind: { DataType: 'String', StringValue: 'test' } };
const now = { max: 10, wait: milliseconds(0) };

async function setup() {
  const cloud = await startCloud();
  const deadLetters = cloud.queues.ensure({ QueueName: 'dead-letters' }).arn;
  cloud.queues.ensure({
    QueueName: 'jobs',
    VisibilityTimeout: 30,
    RedrivePolicy: { deadLetterTargetArn: deadLetters, maxReceiveCount: 5 },
  });
  return cloud;
}

test('a snapshot brings the messages back as they were, through JSON', async () => {
  const before = await setup();
  await before.queues.send('jobs', 'in flight', { attributes });
  const [inFlight] = await before.queues.receive('jobs', now);
  before.queues.changeVisibility('jobs', inFlight?.receiptHandle ?? '', seconds(25));
  await before.queues.send('jobs', 'waiting');
  await before.queues.send('jobs', 'delayed', { delay: seconds(60) });
  const saved = before.queues.snapshot();
  const after = await setup();

  const result = after.queues.restore(JSON.parse(JSON.stringify(saved)));

  expect(result).toEqual({ restored: 3, unknownQueues: [] });
  expect(after.queues.snapshot()).toEqual(saved);
  expect(after.queues.counts('jobs')).toMatchObject({ visible: 1, inFlight: 1, delayed: 1 });
  after.clock.advance(30 * SECOND);
  expect(await after.queues.receive('jobs', now)).toMatchObject([
    { body: 'in flight', receiveCount: 2, attributes },
    { body: 'waiting', receiveCount: 1 },
  ]);
});

test('what was handed out and not begun with is there at once', async () => {
  const before = await setup();
  await before.queues.send('jobs', 'to a function that was still starting');
  await before.queues.receive('jobs', now);
  const after = await setup();
  after.clock.advance(SECOND);

  after.queues.restore(before.queues.snapshot());

  expect(await after.queues.receive('jobs', now)).toMatchObject([{ receiveCount: 2 }]);
});

test('what expired while the cloud was down is not brought back', async () => {
  const before = await setup();
  await before.queues.send('jobs', 'old');
  const saved = before.queues.snapshot();
  const after = await setup();
  after.clock.advance(5 * DAY);

  after.queues.restore(saved);

  expect(after.queues.counts('jobs')).toMatchObject({ visible: 0 });
});

test('a snapshot of a queue that is gone is reported', async () => {
  const before = await setup();
  before.queues.ensure({ QueueName: 'removed-job' });
  await before.queues.send('removed-job', 'hello');
  const after = await setup();

  const result = after.queues.restore(before.queues.snapshot());

  expect(result).toEqual({ restored: 0, unknownQueues: ['removed-job'] });
});

test('a file that holds no snapshot is refused', async () => {
  const { queues } = await setup();

  expect(() => queues.restore({ queues: { jobs: [{ id: 1 }] } })).toThrow();
});
