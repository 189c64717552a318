import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test, vi } from 'vitest';
import { SECOND } from '../../../lib/units.ts';
import { PATIENCE } from '../../support/patience.ts';

import { setupQueues } from './queue-pair.ts';

test('a delayed message comes after its delay', async () => {
  const { send, receive, queues, clock } = await setupQueues();
  await send('later', { DelaySeconds: 5 });

  const counts = queues.counts('jobs');
  const early = await receive('jobs');
  clock.advance(5 * SECOND);
  const late = await receive('jobs');

  expect(counts).toMatchObject({ visible: 0, delayed: 1, inFlight: 0 });
  expect(early).toEqual([]);
  expect(late).toHaveLength(1);
});

test('a long poll ends as soon as a message is sent', async () => {
  const { send, receive, clock } = await setupQueues();
  const poll = receive('jobs', { WaitTimeSeconds: 20 });
  await vi.waitFor(() => expect(clock.timers).toBe(1), PATIENCE);

  await send('hello');

  expect((await poll).map((message) => message.Body)).toEqual(['hello']);
});

test('a long poll ends when a hidden message reappears', async () => {
  const { send, receive, receiveOne, clock } = await setupQueues();
  await send('hello');
  await receiveOne('jobs');
  clock.advance(15 * SECOND);
  const poll = receive('jobs', { WaitTimeSeconds: 20 });
  await vi.waitFor(() => expect(clock.timers).toBe(2), PATIENCE);

  clock.advance(15 * SECOND);

  expect(await poll).toHaveLength(1);
});

test('a long poll ends empty when its time is over', async () => {
  const { receive, clock } = await setupQueues();
  const poll = receive('jobs', { WaitTimeSeconds: 20 });
  await vi.waitFor(() => expect(clock.timers).toBe(1), PATIENCE);

  clock.advance(20 * SECOND);

  expect(await poll).toEqual([]);
});

test('a long poll whose client has gone takes no message', async () => {
  const { sqs, url, send, queues, clock } = await setupQueues();
  const client = new AbortController();
  const poll = sqs.send(new ReceiveMessageCommand({ QueueUrl: url('jobs'), WaitTimeSeconds: 20 }), {
    abortSignal: client.signal,
  });
  await vi.waitFor(() => expect(clock.timers).toBe(1), PATIENCE);

  client.abort();
  await expect(poll).rejects.toMatchObject({ name: 'AbortError' });
  await vi.waitFor(() => expect(clock.timers).toBe(0), PATIENCE);
  await send('hello');

  expect(queues.counts('jobs')).toMatchObject({ visible: 1, inFlight: 0 });
});
