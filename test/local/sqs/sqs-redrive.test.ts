import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { DAY, SECOND } from '../../../lib/units.ts';

import { setupQueues } from './queue-pair.ts';

test('a message received as often as allowed goes to the dead-letter queue, with its id and a new count', async () => {
  const { send, receive, receiveOne, clock, arn } = await setupQueues();
  const { MessageId } = await send('poison');
  for (const _ of [1, 2]) {
    await receiveOne('jobs');
    clock.advance(30 * SECOND);
  }

  const third = await receive('jobs');
  const deadLetter = await receiveOne('dead-letters');

  expect(third).toEqual([]);
  expect(deadLetter).toMatchObject({ MessageId, Body: 'poison' });
  expect(deadLetter.Attributes).toMatchObject({ ApproximateReceiveCount: '1', DeadLetterQueueSourceArn: arn });
});

test('a message that was sent to the dead-letter queue has no source', async () => {
  const { sqs, url, receiveOne } = await setupQueues();
  await sqs.send(new SendMessageCommand({ QueueUrl: url('dead-letters'), MessageBody: 'sent' }));

  const deadLetter = await receiveOne('dead-letters');

  expect(deadLetter.Attributes).not.toHaveProperty('DeadLetterQueueSourceArn');
});

test('a message vanishes at the end of its retention', async () => {
  const { send, receive, clock } = await setupQueues();
  await send('old');
  clock.advance(2 * DAY);
  await send('new');

  clock.advance(2 * DAY);

  expect((await receive('jobs')).map((message) => message.Body)).toEqual(['new']);
});

test('the retention of a dead letter counts from the day it was first sent', async () => {
  const { send, receive, receiveOne, clock } = await setupQueues();
  await send('poison');
  clock.advance(3 * DAY);
  for (const _ of [1, 2]) {
    await receiveOne('jobs');
    clock.advance(30 * SECOND);
  }
  await receive('jobs');

  clock.advance(11 * DAY - 61 * SECOND); // 13 days, 23:59:59
  await receiveOne('dead-letters');
  clock.advance(31 * SECOND); // 14 days, visible again

  expect(await receive('dead-letters')).toEqual([]);
});
